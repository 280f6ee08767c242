import type { EarlyStopping } from './options.ts'
import type { TrainingCurve } from './result.ts'
import { goodness, type ValidationMeasures } from './validation-metric.ts'

/** How far a training has come: with the weights and the optimizer's state, all that it goes on from. Plain JSON. */
export interface TrainingProgress {
  /** Steps that are done. */
  readonly step: number
  /** The sum of the losses of the steps of the epoch that is under way. */
  readonly lossSum: number
  readonly lossCurve: readonly number[]
  readonly validationCurve: readonly ValidationMeasures[]
  /** The best epoch so far, from 1; 0 before there is one. */
  readonly bestEpoch: number
}

/** Before the first step. */
export const noProgress: TrainingProgress = { step: 0, lossSum: 0, lossCurve: [], validationCurve: [], bestEpoch: 0 }

/** Whether nothing is left to do, because all epochs are done or patience has run out. */
export function isDone(
  { lossCurve, bestEpoch }: TrainingProgress,
  epochs: number,
  { patience = epochs }: EarlyStopping = {},
): boolean {
  return lossCurve.length >= epochs || (lossCurve.length > 0 && lossCurve.length - bestEpoch >= patience)
}

/**
 * The progress after an epoch.
 *
 * @param earlyStopping tells which epoch is best; without it every epoch is, and the last one is kept.
 */
export function afterEpoch(
  progress: TrainingProgress,
  meanLoss: number,
  measures: ValidationMeasures | undefined,
  earlyStopping: EarlyStopping | undefined,
): TrainingProgress {
  const { step, lossCurve, validationCurve, bestEpoch } = progress
  const epoch = lossCurve.length + 1
  const isBest = isBetter(measures, validationCurve[bestEpoch - 1], earlyStopping)
  return {
    step,
    lossSum: 0,
    lossCurve: [...lossCurve, meanLoss],
    validationCurve: measures === undefined ? validationCurve : [...validationCurve, measures],
    bestEpoch: isBest ? epoch : bestEpoch,
  }
}

/** Of epochs that are equally good, the first is kept. */
function isBetter(
  measures: ValidationMeasures | undefined,
  best: ValidationMeasures | undefined,
  earlyStopping: EarlyStopping | undefined,
): boolean {
  if (earlyStopping === undefined || measures === undefined || best === undefined) return true
  const { metric = 'map' } = earlyStopping
  return goodness(metric, measures) > goodness(metric, best)
}

/** What is told of a training in the end. */
export function curveOf({ lossCurve, validationCurve, bestEpoch }: TrainingProgress): TrainingCurve {
  return { lossCurve, validationCurve, keptEpoch: bestEpoch }
}

/**
 * The progress that JSON has kept: measures without a value, NaN, have become null in it.
 *
 * @param record as `JSON.stringify` has written a {@link TrainingProgress}.
 */
export function progressFrom(record: unknown): TrainingProgress {
  const withNaN: unknown = JSON.parse(JSON.stringify(record), (_, value: unknown) =>
    value === null ? Number.NaN : value,
  )
  return withNaN as TrainingProgress
}
