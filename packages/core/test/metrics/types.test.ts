import { describe, expectTypeOf, test } from 'vitest'
import {
  bootstrapMapDifference,
  type FitTemperatureOptions,
  fitTemperature,
  type labelPropensities,
  longTailMetrics,
  ndcgAtK,
  precisionRecallF1,
  propensityScoredNdcg,
  propensityScoredPrecision,
  type ScoreData,
  type SplitIntervals,
  scaleByTemperature,
  tuneThresholds,
} from '../../src/index.ts'

describe('the types of the metrics', () => {
  const scores = {} as ScoreData

  test('the models that were compared are known by name', () => {
    const compare = () =>
      bootstrapMapDifference({ labels: [], statistics: {} as never, seed: 1, baseline: scores, scores: { db: scores } })
    expectTypeOf<ReturnType<typeof compare>['models']['db']['difference']>().toEqualTypeOf<SplitIntervals>()
    // @ts-expect-error no model has this name
    const unknownName = () => compare().models.focal
    expectTypeOf(unknownName).toBeFunction()
  })

  test('what one gives the other takes', () => {
    const { thresholds } = {} as ReturnType<typeof tuneThresholds>
    expectTypeOf(precisionRecallF1).toBeCallableWith({ labels: [[0]], scores, thresholds })
    expectTypeOf(longTailMetrics).toBeCallableWith({ labels: [[0]], scores, thresholds, statistics: {} as never })
    const { temperatures } = {} as ReturnType<typeof fitTemperature>
    expectTypeOf(scaleByTemperature).toBeCallableWith(scores, temperatures)
    expectTypeOf<ReturnType<typeof scaleByTemperature>>().toExtend<ScoreData>()
    const propensities = {} as ReturnType<typeof labelPropensities>
    expectTypeOf(propensityScoredPrecision).toBeCallableWith({ labels: [[0]], scores, k: 1, propensities })
    expectTypeOf(propensityScoredNdcg).toBeCallableWith({ labels: [[0]], scores, k: 1, propensities })
  })

  test('wrong options do not type-check', () => {
    expectTypeOf<FitTemperatureOptions['scope']>().toEqualTypeOf<'shared' | 'per-class' | undefined>()
    // @ts-expect-error objectives have names
    const wrongObjective = () => tuneThresholds({ labels: [[0]], scores, objective: 'f1' })
    // @ts-expect-error scopes have names
    const wrongScope = () => fitTemperature({ labels: [[0]], scores, scope: 'classes' })
    // @ts-expect-error how many places count has to be said
    const withoutPlaces = () => ndcgAtK({ labels: [[0]], scores })
    // @ts-expect-error propensities have to be given
    const withoutPropensities = () => propensityScoredPrecision({ labels: [[0]], scores, k: 1 })
    expectTypeOf(wrongObjective).toBeFunction()
    expectTypeOf(wrongScope).toBeFunction()
    expectTypeOf(withoutPlaces).toBeFunction()
    expectTypeOf(withoutPropensities).toBeFunction()
  })
})
