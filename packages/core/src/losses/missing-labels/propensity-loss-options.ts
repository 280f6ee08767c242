import type { Reduction } from '../../loss.ts'

/** Options of the losses for labels that are missing with a known propensity. */
export interface PropensityLossOptions {
  /** Default `mean`: over the known elements, or over the rows where classes are coupled. */
  readonly reduction?: Reduction
}
