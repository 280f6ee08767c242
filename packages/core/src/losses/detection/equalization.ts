import { defineLoss } from '../../define-loss.ts'
import { named, select } from '../../formula/build.ts'
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

/** Options of {@link equalizationLoss}. */
export interface EqualizationOptions extends RareClassOptions {
  /** Default `batchmean`, the sum over the classes divided by the rows, as in the paper. */
  readonly reduction?: Reduction
}

/**
 * Equalization loss: binary cross-entropy without the negatives of rare classes in rows of other classes.
 *
 *     y_j softplus(−z_j) + (1 − y_j) (1 − T(f_j) E) softplus(z_j)      T(f) = 1 where f < λ, else 0
 *
 * f_j = n_j / N is the image frequency. E is 1 in a foreground region and 0 in the background. Plain multi-label rows have
 * no regions; our mapping: a row with a positive label is foreground, a row without any is background, and unknown labels
 * count as not positive. For one label a row this is the paper's sigmoid form, compared with its released code; with several
 * it is an adaptation, and soft labels share both costs.
 *
 * @param statistics - of the training set before any re-sampling.
 * @param options - λ (`threshold`) 0.00177, reduction `batchmean`.
 * @throws DblossError `argument` for a threshold outside [0, 1].
 * @see Tan et al., Equalization Loss for Long-Tailed Object Recognition, CVPR 2020, section 3.
 */
export function equalizationLoss(
  statistics: LabelStatistics,
  { reduction = 'batchmean', ...options }: EqualizationOptions = {},
): Loss {
  const threshold = resolveThreshold(options)
  return defineLoss({
    name: 'equalization',
    reference: 'Tan et al., CVPR 2020, arXiv 2003.05176',
    parameters: { threshold },
    statistics,
    reduction,
    formula: ({ logits, labels }) => {
      const foreground = named('E', select(isForeground(labels), 1, 0))
      return costOfLabels(labels, sidesSparingRareClasses(logits, rareClasses(statistics, threshold), foreground))
    },
  })
}
