import { DblossError, type F1Scores, type SplitMeans } from '@dbloss/core'

/**
 * A number that says how good a run is on the validation images: `map` over all classes or those of a split, F1 of the
 * decisions at logit 0, or the loss that is trained, of which less is better.
 */
export type ValidationMetric =
  | 'map'
  | 'map.head'
  | 'map.medium'
  | 'map.tail'
  | 'f1.micro'
  | 'f1.macro'
  | 'f1.samples'
  | 'loss'

/** What is measured on the validation images after an epoch. */
export interface ValidationMeasures {
  /** The loss that is trained. */
  readonly loss: number
  readonly map: SplitMeans
  /** Of the decisions at logit 0. */
  readonly f1: F1Scores
}

const values: Readonly<Record<ValidationMetric, (measures: ValidationMeasures) => number>> = {
  map: ({ map }) => map.all,
  'map.head': ({ map }) => map.head,
  'map.medium': ({ map }) => map.medium,
  'map.tail': ({ map }) => map.tail,
  'f1.micro': ({ f1 }) => f1.micro,
  'f1.macro': ({ f1 }) => f1.macro,
  'f1.samples': ({ f1 }) => f1.samples,
  loss: ({ loss }) => -loss,
}

/** The names of the metrics. */
export const validationMetrics = Object.keys(values) as readonly ValidationMetric[]

/** How good an epoch is by a metric: more is better, also for the loss, whose sign is changed. */
export function goodness(metric: ValidationMetric, measures: ValidationMeasures): number {
  return values[metric](measures)
}

/**
 * @throws DblossError `argument` for an unknown metric.
 */
export function checkMetric(metric: ValidationMetric): void {
  if (validationMetrics.includes(metric)) return
  const expected = validationMetrics.join(', ')
  throw new DblossError('argument', `earlyStopping.metric is ${String(metric)}; expected one of ${expected}`, {
    argument: 'earlyStopping',
    found: metric,
    expected,
  })
}
