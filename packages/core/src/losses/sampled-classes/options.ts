import { checkNumber } from '../../check-number.ts'
import { add, multiply, named, parameter } from '../../formula/build.ts'
import { CLASSES } from '../../formula/extent.ts'
import type { Expression, Extent } from '../../formula/nodes.ts'
import type { Reduction } from '../../loss.ts'

/** Options of {@link sampledSoftmaxLoss} and {@link sampledLogisticLoss}. */
export interface SampledClassesOptions {
  /**
   * τ ≥ 0: negatives get the further weight `(π′/π_y)^τ`, and the loss takes the input `logPriors`. Default 0: the weights are
   * those of the sampler alone.
   */
  readonly tau?: number
  /** Default `batchmean`: summed over classes, averaged over rows. `mean` would depend on how many classes were sampled. */
  readonly reduction?: Reduction
}

/** What both losses declare beside their formula. */
export interface SampledClassesDefinition {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly inputs: Readonly<Record<string, Extent>>
}

/**
 * The parameters and inputs of a loss over sampled classes.
 *
 * @throws DblossError `argument` for τ below 0.
 */
export function sampledClassesDefinition(tau: number): SampledClassesDefinition {
  checkNumber('tau', tau, { minimum: 0 })
  return tau === 0
    ? { parameters: {}, inputs: { negativeWeights: CLASSES } }
    : { parameters: { tau }, inputs: { negativeWeights: CLASSES, logPriors: CLASSES } }
}

/** ρ̂: how often a class was drawn times w, which has ρ = m q w as its mean. */
export function negativeWeights(inputs: Readonly<Record<string, Expression>>): Expression {
  return named('\\hat{\\rho}', inputs.negativeWeights!)
}

/** τ log π, where the loss has it. */
export function priorShift(inputs: Readonly<Record<string, Expression>>, tau: number): Expression | undefined {
  const { logPriors } = inputs
  return logPriors && multiply(parameter('\\tau', tau), named('\\log \\pi', logPriors))
}

/** `value + τ log π`, or the value where there is no τ. */
export function shifted(value: Expression, shift: Expression | undefined): Expression {
  return shift === undefined ? value : add(value, shift)
}
