import { defineLoss, type FormulaContext } from '../define-loss.ts'
import { DblossError } from '../errors.ts'
import { multiply } from '../formula/build.ts'
import type { Expression } from '../formula/nodes.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss, Reduction } from '../loss.ts'
import { type ClassBalancedMode, classBalancedWeights } from './class-balanced-weights.ts'
import { inverseFrequencyWeights } from './inverse-frequency.ts'
import { type NegativeTolerance, negativeTolerantLogits, resolveTolerance } from './negative-tolerant-logits.ts'
import { rebalancedWeights, resolveRebalancing } from './rebalanced-weights.ts'
import { type Focal, resolveFocal, twoSidedLoss } from './two-sided.ts'
import { normalizeWeights, type WeightNormalization } from './weight-normalization.ts'

/**
 * The dictionary with which users of the Python code configure its loss, key for key: the released code of Wu et al.
 * (ECCV 2020), or the text-classification port of Huang et al. (EMNLP 2021).
 */
export interface ReleasedConfig {
  /** The weighting; absent or null for none. */
  readonly reweight_func?: 'rebalance' | 'inv' | 'sqrt_inv' | 'CB' | null
  /** Divides weights by their maximum over the row or the batch. */
  readonly weight_norm?: 'by_instance' | 'by_batch' | null
  /** `balance_param` is the released code's, `alpha` the text port's. */
  readonly focal?: {
    readonly focal?: boolean
    readonly balance_param?: number
    readonly gamma?: number
    readonly alpha?: number
  }
  /** κ and λ; empty for none. */
  readonly logit_reg?: { readonly init_bias?: number; readonly neg_scale?: number }
  /** α, β and μ (called gamma there) of the re-balanced weighting. */
  readonly map_param?: { readonly alpha?: number; readonly beta?: number; readonly gamma?: number }
  readonly CB_loss?: {
    readonly CB_beta?: number
    readonly CB_mode?: 'by_class' | 'average_n' | 'average_w' | 'min_n'
  }
  /** A constant factor. */
  readonly loss_weight?: number
  readonly reduction?: Reduction
  /** Keys that do not concern the formula, as `type` or `freq_file`. */
  readonly [key: string]: unknown
}

/** How {@link fromReleasedConfig} reads a configuration. */
export interface ReleasedConfigOptions {
  /** Which code the configuration is for. Default: `text` when `focal` has an `alpha`, else `vision`. */
  readonly implementation?: 'vision' | 'text'
}

const classBalancedModes = {
  by_class: 'by-class',
  average_n: 'average-n',
  average_w: 'average-w',
  min_n: 'min-n',
} as const satisfies Readonly<Record<string, ClassBalancedMode>>

const normalizations = {
  by_instance: 'instance',
  by_batch: 'batch',
} as const satisfies Readonly<Record<string, WeightNormalization>>

/**
 * The loss that the Python code computes for a configuration, number for number. It is not quite what the paper says:
 * the released code shifts by `−(κ/λ) b`; the text port shifts by `−κ b`, weights positives by a and negatives by 1 − a
 * when focal, and without a weighting it loses the factor 1/λ of the negatives.
 *
 * @param config - the keyword arguments of the Python loss; where one is absent, the default of its constructor applies
 * (map: α 10, β 0.2, μ 0.1; class-balanced: b 0.9, by class; focal: off unless asked for).
 * @param statistics - of the training set, as the Python code reads them from its frequency file.
 * @throws DblossError `argument` for an unknown weighting, mode or normalisation; `statistics` as the named losses.
 */
export function fromReleasedConfig(
  config: ReleasedConfig,
  statistics: LabelStatistics,
  { implementation = config.focal?.alpha === undefined ? 'vision' : 'text' }: ReleasedConfigOptions = {},
): Loss {
  const weights = weightsOf(config, statistics)
  const normalization = config.weight_norm ? lookUp(normalizations, config.weight_norm, 'weight_norm') : 'none'
  const focal = focalOf(config)
  const tolerance = toleranceOf(config, implementation)
  const lambda = tolerance?.lambda ?? 1
  // The text port multiplies the weight by 1/λ; where there is no weight, the factor is lost.
  const negativeDivisor = implementation === 'text' && weights === undefined ? 1 : lambda

  return defineLoss({
    name: `released-${implementation}`,
    reference:
      implementation === 'text'
        ? 'the code of Huang et al., EMNLP 2021, arXiv 2109.04712'
        : 'the released code of Wu et al., ECCV 2020',
    parameters: { ...config, implementation },
    statistics,
    reduction: config.reduction ?? 'mean',
    formula: (context) => {
      const { logits, labels, isUnknown } = context
      const shifted = tolerance === undefined ? logits : negativeTolerantLogits(logits, statistics, tolerance)
      const loss = twoSidedLoss({ logits: shifted, labels, lambda, negativeDivisor, focal, hardLabels: false })
      const weighted =
        weights === undefined ? loss : multiply(normalizeWeights(weights(context), normalization, isUnknown), loss)
      const factor = config.loss_weight ?? 1
      return factor === 1 ? weighted : multiply(factor, weighted)
    },
  })
}

/** The weighting of a configuration, or nothing. */
function weightsOf(
  { reweight_func, map_param = {}, CB_loss = {} }: ReleasedConfig,
  statistics: LabelStatistics,
): ((context: FormulaContext) => Expression) | undefined {
  switch (reweight_func) {
    case undefined:
    case null:
      return undefined
    case 'rebalance': {
      const { alpha = 10, beta = 0.2, gamma: mu = 0.1 } = map_param
      const rebalancing = resolveRebalancing(statistics, { alpha, beta, mu })
      return ({ labels }) => rebalancedWeights(labels, statistics, rebalancing)
    }
    case 'inv':
    case 'sqrt_inv': {
      const weights = inverseFrequencyWeights(statistics, reweight_func === 'inv' ? 1 : 0.5)
      return () => weights
    }
    case 'CB': {
      const { CB_beta: beta = 0.9, CB_mode = 'by_class' } = CB_loss
      const mode = lookUp(classBalancedModes, CB_mode, 'CB_mode')
      return ({ labels }) => classBalancedWeights(labels, statistics, { beta, mode })
    }
    default:
      throw unknownValue('reweight_func', reweight_func, ['rebalance', 'inv', 'sqrt_inv', 'CB', 'null'])
  }
}

function focalOf({ focal = {} }: ReleasedConfig): Focal {
  if (focal.focal !== true) return resolveFocal({})
  const balance =
    focal.alpha === undefined ? (focal.balance_param ?? 2) : { positive: focal.alpha, negative: 1 - focal.alpha }
  return resolveFocal({ gamma: focal.gamma ?? 2, balance })
}

function toleranceOf(
  { logit_reg = {} }: ReleasedConfig,
  implementation: 'vision' | 'text',
): NegativeTolerance | undefined {
  const { init_bias: kappa = 0, neg_scale: lambda = 1 } = logit_reg
  if (Object.keys(logit_reg).length === 0) return undefined
  return resolveTolerance({ kappa, lambda, variant: implementation === 'text' ? 'paper' : 'released' })
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: string, argument: string): T {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  if (value === undefined) throw unknownValue(argument, key, Object.keys(table))
  return value
}

function unknownValue(argument: string, found: unknown, expected: readonly string[]): DblossError {
  return new DblossError('argument', `${argument} is '${String(found)}'; expected ${expected.join(', ')}`, {
    argument,
    found,
    expected: expected.join(' | '),
  })
}
