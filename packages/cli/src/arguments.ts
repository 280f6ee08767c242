import type { FeatureScaling, SamplerName, ValidationMetric } from '@dbloss/transformers'
import { InvalidArgumentError } from 'commander'
import { parseLoss, splitLosses, type TypedLoss } from './loss-text.ts'

export const samplers: readonly SamplerName[] = ['uniform', 'class-aware']
export const featureScalings: readonly FeatureScaling[] = ['rms', 'standardize', 'none']
export const validationMetrics: readonly ValidationMetric[] = [
  'map',
  'map.head',
  'map.medium',
  'map.tail',
  'f1.micro',
  'f1.macro',
  'f1.samples',
  'loss',
]

/** A loss with the sampler it is trained with. */
export interface LossAndSampler {
  readonly loss: TypedLoss
  readonly sampler: SamplerName
}

/** The settings of a long-tailed subset, as `longTailedSubset` of core takes them. */
export interface Subset {
  readonly max: number
  readonly min: number
  readonly exponent: number
  readonly seed: number
}

interface NumberRange {
  readonly integer?: boolean
  readonly minimum?: number
  /** Whether the minimum itself is allowed. Default true. */
  readonly above?: boolean
  readonly maximum?: number
}

/** Reads a learning rate, or `find`. */
export function parseLearningRate(text: string): number | 'find' {
  return text === 'find' ? text : parseNumber({ minimum: 0, above: true })(text)
}

/** Reads `bce,db/class-aware`: losses separated by commas, each with a sampler after a slash. Default sampler: uniform. */
export function parseCompare(text: string): LossAndSampler[] {
  return splitLosses(text).map((item) => {
    const [loss = '', sampler = 'uniform', ...rest] = item.split('/')
    if (rest.length > 0 || !isSampler(sampler)) {
      throw new InvalidArgumentError(`'${item}' is not LOSS or LOSS/SAMPLER with a sampler of ${samplers.join(', ')}.`)
    }
    return { loss: parseLoss(loss), sampler }
  })
}

/** Reads `400,10,2,0`: max, min, exponent and seed. */
export function parseSubset(text: string): Subset {
  const parts = text.split(',')
  if (parts.length !== 4) {
    throw new InvalidArgumentError(
      `Expected four numbers max,min,exponent,seed, as in 400,10,2,0; found ${parts.length}.`,
    )
  }
  const [max, min, exponent, seed] = [
    parseNumber({ minimum: 1 })(parts[0]!),
    parseNumber({ minimum: 0 })(parts[1]!),
    parseNumber({ minimum: 0, above: true })(parts[2]!),
    parseNumber({ integer: true, minimum: 0 })(parts[3]!),
  ]
  if (min > max) throw new InvalidArgumentError(`min is ${min} and above max, which is ${max}.`)
  return { max, min, exponent, seed }
}

/** Makes a reader of numbers within a range. */
export function parseNumber(range: NumberRange): (text: string) => number {
  const {
    integer = false,
    minimum = Number.NEGATIVE_INFINITY,
    above = false,
    maximum = Number.POSITIVE_INFINITY,
  } = range
  const bounds = [
    minimum === Number.NEGATIVE_INFINITY ? '' : `${above ? 'above' : 'from'} ${minimum}`,
    maximum === Number.POSITIVE_INFINITY ? '' : `up to ${maximum}`,
  ]
  const expected = ['Expected', integer ? 'an integer' : 'a number', ...bounds].filter((part) => part !== '').join(' ')
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    const inside = (above ? value > minimum : value >= minimum) && value <= maximum
    if (!Number.isFinite(value) || !inside || (integer && !Number.isSafeInteger(value))) {
      throw new InvalidArgumentError(`${expected}; found '${text}'.`)
    }
    return value
  }
}

function isSampler(text: string): text is SamplerName {
  return samplers.some((name) => name === text)
}
