import { checkNumber } from '../../check-number.ts'
import { classVector, less, multiply, named, parameter, select, subtract, sum } from '../../formula/build.ts'
import type { Condition, Expression } from '../../formula/nodes.ts'
import { classPriors, type LabelStatistics } from '../../labels/index.ts'
import { crossEntropySides, type Sides } from '../sides.ts'

/** Options of the losses that spare rare classes. */
export interface RareClassOptions {
  /**
   * λ: a class is rare where its image frequency n/N is below. Default 0.00177, that of the released code of equalization loss
   * for LVIS (a configuration of DropLoss's has 0.0010062). A smaller data set may have no class below it, and the loss is then
   * binary cross-entropy: 20/N, say, makes the classes with fewer than 20 samples rare.
   */
  readonly threshold?: number
}

/**
 * Fills in the default of λ.
 *
 * @throws DblossError `argument` for a threshold outside [0, 1].
 */
export function resolveThreshold({ threshold = 0.00177 }: RareClassOptions): number {
  checkNumber('threshold', threshold, { minimum: 0, maximum: 1 })
  return threshold
}

/** `T(f_j)`, [1, C]: 1 where the image frequency f_j = n_j / N is below λ; a class that is known nowhere is rare. */
export function rareClasses(statistics: LabelStatistics, threshold: number): Expression {
  const frequencies = classPriors(statistics).map((prior) => (Number.isNaN(prior) ? 0 : prior))
  const f = classVector('imageFrequencies', frequencies, 'f')
  return named('T', select(less(f, parameter('\\lambda', threshold)), 1, 0))
}

/** Where a row has a positive label, [B, 1]. In detection this is a region with an object in it. */
export function isForeground(labels: Expression): Condition {
  return less(0, sum(labels, 'classes'))
}

/**
 * The sides of binary cross-entropy, the negative one without what is dropped of rare classes: `ℓ⁻ = (1 − T d) softplus(z)`.
 *
 * @param dropped - d, 0 or 1: whether the negative cost of rare classes is left out.
 */
export function sidesSparingRareClasses(logits: Expression, rare: Expression, dropped: Expression): Sides {
  const { positive, negative } = crossEntropySides(logits)
  return { positive, negative: multiply(subtract(1, multiply(rare, dropped)), negative) }
}
