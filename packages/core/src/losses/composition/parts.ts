import type { AsymmetricOptions } from '../asymmetric/asymmetric.ts'
import type { HillOptions } from '../asymmetric/hill.ts'
import type { ClassBalancedMode } from '../class-balanced-weights.ts'
import type { NegativeTolerantOptions } from '../negative-tolerant-logits.ts'
import type { RebalancedOptions } from '../rebalanced-weights.ts'
import type { FocalOptions } from '../two-sided.ts'
import type { ClassWeightsPart, WeightsPart } from './weights-part.ts'

/** Options of the class-balanced weights. */
interface ClassBalancedPartOptions<Mode extends ClassBalancedMode> {
  readonly beta?: number
  readonly mode?: Mode
}

function classBalanced(options?: ClassBalancedPartOptions<'by-class'>): ClassWeightsPart
function classBalanced(options: ClassBalancedPartOptions<ClassBalancedMode>): WeightsPart
function classBalanced(options: ClassBalancedPartOptions<ClassBalancedMode> = {}): WeightsPart {
  return { kind: 'class-balanced', ...options }
}

/**
 * The parts that {@link composeLoss} puts together, as plain data:
 *
 * - sides: `focal`, `asymmetric`, `hill` (binary cross-entropy without any);
 * - logits: `negativeTolerant`, `logitAdjusted`;
 * - weights: `rebalanced`, `classBalanced`, `inverseFrequency`, and `normalized` around others;
 * - missing labels: `unbiased`, `upperBound`.
 */
export const parts = {
  /** `balance · σ(u)^γ · softplus(u)` with u = −z on positives and u = z on negatives; γ 2, balance 2 (1 for γ = 0). */
  focal: (options: FocalOptions = {}) => ({ kind: 'focal', ...options }) as const,
  /** Focal factors for positives and negatives apart, and a margin for negatives; defaults as {@link asymmetricLoss}. */
  asymmetric: (options: AsymmetricOptions = {}) => ({ kind: 'asymmetric', ...options }) as const,
  /** Negatives that are taken for missing labels where the model is sure of them; defaults as {@link hillLoss}. */
  hill: (options: HillOptions = {}) => ({ kind: 'hill', ...options }) as const,
  /** `ℓ⁺(z′)` and `ℓ⁻(λ z′)/λ` with `z′ = z + κ logit(p)`; λ 2, κ 0.05. */
  negativeTolerant: (options: NegativeTolerantOptions = {}) => ({ kind: 'negative-tolerant', ...options }) as const,
  /** `z′ = z + τ logit(p)`; τ 1. */
  logitAdjusted: (options: { readonly tau?: number } = {}) => ({ kind: 'logit-adjusted', ...options }) as const,
  /** `α + σ(β (r − μ))`; α 0.1, β 10, μ `auto`. */
  rebalanced: (options: RebalancedOptions = {}) => ({ kind: 'rebalanced', ...options }) as const,
  /** `(1 − β)/(1 − βⁿ)`; β 0.9, mode `by-class`. */
  classBalanced,
  /** `(N/n)^exponent`; exponent 1. */
  inverseFrequency: (options: { readonly exponent?: number } = {}) =>
    ({ kind: 'inverse-frequency', ...options }) as const,
  /** Weights, multiplied, divided by the largest of the row (`instance`) or of the batch. */
  normalized: (by: 'instance' | 'batch', ...weights: readonly WeightsPart[]) =>
    ({ kind: 'normalized', by, weights }) as const,
  /** `(y/p)(ℓ⁺ − ℓ⁻) + ℓ⁻` with propensities p, [C]. */
  unbiased: (propensities: ArrayLike<number>) => ({ kind: 'unbiased', propensities }) as const,
  /** `y (2/p − 1) ℓ⁺ + (1 − y) ℓ⁻` with propensities p, [C]. */
  upperBound: (propensities: ArrayLike<number>) => ({ kind: 'upper-bound', propensities }) as const,
}
