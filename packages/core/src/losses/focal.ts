import { defineLoss } from '../define-loss.ts'
import type { Loss } from '../loss.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { type FocalOptions, focalRecord, resolveFocal, twoSidedLoss } from './two-sided.ts'

/** Options of {@link focalLoss}. */
export interface FocalLossOptions extends CommonOptions, FocalOptions {}

/**
 * Focal loss for multi-label data: `balance · q^γ · softplus(u)`, with `u = −z` on positives, `u = z` on negatives and
 * `q = σ(u) = 1 − p_t`. With γ = 0 and balance 1 it is binary cross-entropy.
 *
 * @param options - `gamma` default 2; `balance` default 2 as in the code of the Distribution-Balanced paper (1 for γ = 0),
 * or `{ positive: α, negative: 1 − α }` for the α-balanced form; `hardLabels` default false; `reduction` default `mean`.
 * @see Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, equation 5.
 */
export function focalLoss({ reduction = 'mean', hardLabels = false, ...focalOptions }: FocalLossOptions = {}): Loss {
  const focal = resolveFocal({ gamma: 2, ...focalOptions })
  return defineLoss({
    name: 'focal',
    reference: 'Lin et al., Focal Loss for Dense Object Detection, ICCV 2017',
    parameters: { ...focalRecord(focal), ...commonRecord({ hardLabels }) },
    reduction,
    formula: ({ logits, labels }) => twoSidedLoss({ logits, labels, focal, hardLabels }),
  })
}
