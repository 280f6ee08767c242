import { defineLoss } from '../../define-loss.ts'
import { divide, less, multiply, named, select, sum } from '../../formula/build.ts'
import { ELEMENTS } from '../../formula/extent.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { LabelStatistics } from '../../labels/index.ts'
import type { Loss, Reduction } from '../../loss.ts'
import { costOfLabels } from '../sides.ts'
import {
  isForeground,
  type RareClassOptions,
  rareClasses,
  resolveThreshold,
  sidesSparingRareClasses,
} from './rare-classes.ts'
import { uniformSource } from './uniform-source.ts'

/** Options of {@link dropLoss}. */
export interface DropOptions extends RareClassOptions {
  /** Default `batchmean`, the sum over the classes divided by the rows, as in the released code. */
  readonly reduction?: Reduction
}

/**
 * DropLoss: {@link equalizationLoss} that also drops, at random, negatives of rare classes in background rows, with a
 * probability that follows the batch.
 *
 *     y_j softplus(−z_j) + (1 − y_j) (1 − T(f_j) d_j) softplus(z_j)
 *     d_j = 1 in a foreground row, 1{u_j > ρ} in a background row
 *     ρ = Σ y T(f) / Σ y, over the batch
 *
 * T(f) is that of {@link equalizationLoss}. u, the input `uniform` [B, C], is uniform on [0, 1): give it, or take it from
 * `loss.inputSource`, which is seeded. ρ is the share of the foreground whose class is rare; a batch without any foreground
 * drops nothing.
 *
 * Checked against the released code: the weight, ρ as a mean over the foreground regions, u > ρ, the reduction, and that
 * nothing is dropped without foreground. Our mapping to plain multi-label rows: a row without positives is background, and
 * ρ counts every positive label as a foreground region of its class, which for one label a row is the same.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - λ (`threshold`) 0.00177, reduction `batchmean`.
 * @throws DblossError `argument` for a threshold outside [0, 1].
 * @see Hsieh et al., DropLoss for Long-Tail Instance Segmentation, AAAI 2021, arXiv 2104.06402.
 */
export function dropLoss(statistics: LabelStatistics, { reduction = 'batchmean', ...options }: DropOptions = {}): Loss {
  const threshold = resolveThreshold(options)
  return defineLoss({
    name: 'drop',
    reference: 'Hsieh et al., AAAI 2021, arXiv 2104.06402',
    parameters: { threshold },
    statistics,
    reduction,
    inputs: { uniform: ELEMENTS },
    inputSource: uniformSource,
    formula: ({ logits, labels, inputs }) => {
      const rare = rareClasses(statistics, threshold)
      const u = named('u', inputs.uniform!)
      const atRandom = select(less(shareOfRareLabels(labels, rare), u), 1, 0)
      const dropped = named('d', select(isForeground(labels), 1, atRandom))
      return costOfLabels(labels, sidesSparingRareClasses(logits, rare, dropped))
    },
  })
}

/** ρ, [1, 1]: the positive labels of rare classes among all positive labels of the batch; 1 where there are none. */
function shareOfRareLabels(labels: Expression, rare: Expression): Expression {
  const positives = sum(sum(labels, 'classes'), 'batch')
  const rarePositives = sum(sum(multiply(labels, rare), 'classes'), 'batch')
  const hasPositives = less(0, positives)
  return named('\\rho', select(hasPositives, divide(rarePositives, select(hasPositives, positives, 1)), 1))
}
