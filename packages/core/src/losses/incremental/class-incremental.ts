import { checkNumber } from '../../check-number.ts'
import { defineLoss } from '../../define-loss.ts'
import { DblossError } from '../../errors.ts'
import {
  add,
  classVector,
  less,
  multiply,
  named,
  negate,
  parameter,
  select,
  sigmoid,
  size,
  softplus,
  subtract,
} from '../../formula/build.ts'
import { ELEMENTS } from '../../formula/extent.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { maximumEntropyRegularizer } from './maximum-entropy.ts'

/** Options of {@link classIncrementalLoss}. */
export interface ClassIncrementalOptions {
  /** C, old and new classes together. */
  readonly classCount: number
  /** The indices of the classes that the teacher knows; all others are new. */
  readonly oldClasses: readonly number[]
  /** δ, the share of the old classes in the loss, between 0 and 1. Default 0.5. */
  readonly distillation?: number
  /** ε, the strength of the maximum-entropy regulariser; 0 switches it off. Default 0.04. */
  readonly entropy?: number
  /** Default `mean`, which is the published loss. */
  readonly reduction?: Reduction
}

/**
 * The loss of class-incremental learning, for data of which only the new classes are labelled: new classes learn from the
 * labels, old ones from the model before ("teacher"), and an entropy term holds back confident predictions:
 *
 *     (1 − δ) mean_new BCE(z, y) + δ mean_old BCE(z, σ(v)) + ε Σ_i p_i log p_i       p = σ(z), v the teacher's logits
 *
 * for a row, and the mean over the rows. Reduction `mean` is exactly that where every label is known; the elements, which the
 * other reductions add up, are C times the terms above.
 *
 * The named input `teacherLogits` has the shape of the logits and is read at old classes only; give 0 at new ones. Labels are
 * read at new classes only, but a label of −1 leaves its element out at old classes too: give 0 there, not −1. A first task
 * has no old classes, and is plain {@link binaryCrossEntropy} in the released code.
 *
 * Formula, reductions and the defaults δ = ½ and ε = 0.04 are those of the released code (alpha and −beta; the paper itself
 * was not read in full). There, p log p has 1e−5 inside its logarithm, and the logits are the mean of two heads. The label
 * graph of the paper is a part of its model and not of the loss.
 *
 * @param options - δ 0.5, ε 0.04, reduction `mean`.
 * @throws DblossError `argument` for indices that are not of C classes or occur twice, where there is no old or no new class, and
 * for numbers out of range.
 * @see Du et al., Confidence Self-Calibration for Multi-Label Class-Incremental Learning, ECCV 2024, arXiv 2403.12559.
 */
export function classIncrementalLoss({
  classCount,
  oldClasses,
  distillation = 0.5,
  entropy = 0.04,
  reduction = 'mean',
}: ClassIncrementalOptions): Loss {
  checkNumber('classCount', classCount, { integer: true, minimum: 2 })
  checkNumber('distillation', distillation, { minimum: 0, maximum: 1 })
  checkNumber('entropy', entropy, { minimum: 0 })
  checkOldClasses(oldClasses, classCount)
  const known = new Set(oldClasses)
  const isOld = Float64Array.from({ length: classCount }, (_, index) => (known.has(index) ? 1 : 0))
  const shares = isOld.map((old) =>
    old === 1 ? distillation / oldClasses.length : (1 - distillation) / (classCount - oldClasses.length),
  )
  return defineLoss({
    name: 'class-incremental',
    reference: 'Du et al., ECCV 2024, arXiv 2403.12559',
    parameters: { classCount, oldClasses: [...oldClasses], distillation, entropy },
    classCount,
    inputs: { teacherLogits: ELEMENTS },
    reduction,
    formula: ({ logits: z, labels: y, inputs }) => {
      const old = classVector('oldClasses', isOld, 'o')
      const t = named('t', select(less(0.5, old), sigmoid(named('v', inputs.teacherLogits!)), y))
      const crossEntropy = add(multiply(t, softplus(negate(z))), multiply(subtract(1, t), softplus(z)))
      const weighted = multiply(classVector('shares', shares, 'w'), crossEntropy)
      if (entropy === 0) return multiply(size('classes'), weighted)
      return multiply(size('classes'), add(weighted, maximumEntropyRegularizer(z, parameter('\\varepsilon', entropy))))
    },
  })
}

function checkOldClasses(oldClasses: readonly number[], classCount: number): void {
  const refuse = (problem: string, found: unknown, expected: string): never => {
    throw new DblossError('argument', `oldClasses ${problem}; expected ${expected}`, {
      argument: 'oldClasses',
      found,
      expected,
    })
  }
  if (!Array.isArray(oldClasses)) refuse(`is ${String(oldClasses)}`, oldClasses, 'a list of class indices')
  const seen = new Set<number>()
  oldClasses.forEach((index, position) => {
    checkNumber(`oldClasses[${position}]`, index, { integer: true, minimum: 0, below: classCount })
    if (seen.has(index)) refuse(`has ${index} twice`, index, 'every class once')
    seen.add(index)
  })
  if (oldClasses.length === 0)
    refuse('is empty', 0, 'a class at least; for a first task, binaryCrossEntropy is the loss')
  if (oldClasses.length === classCount)
    refuse(`has all ${classCount} classes`, classCount, 'at least one class to be new')
}
