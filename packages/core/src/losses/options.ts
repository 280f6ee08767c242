import type { Reduction } from '../loss.ts'

/** Options that every loss of the family takes. */
export interface CommonOptions {
  /** How elements become one number. Default `mean`, over the known elements. */
  readonly reduction?: Reduction
  /**
   * Declares that labels are 0, 1 or −1, never between; the loss then computes one side an element instead of two.
   * Soft labels count as positive above 0.5 when it is declared wrongly. Default false.
   */
  readonly hardLabels?: boolean
}

/** The common options that belong into a loss's parameters: those that differ from the default. */
export function commonRecord({ hardLabels }: { readonly hardLabels: boolean }): Readonly<Record<string, unknown>> {
  return hardLabels ? { hardLabels } : {}
}
