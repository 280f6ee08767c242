import { describe, expectTypeOf, test } from 'vitest'
import {
  type Adapter,
  averagePrecision,
  binaryCrossEntropy,
  defineLoss,
  distributionBalancedLoss,
  type evaluate,
  fromReleasedConfig,
  type LabelStatistics,
  type Loss,
  labelStatistics,
  type Reduction,
  statisticsFromCounts,
} from '../src/index.ts'

describe('the public types', () => {
  test('statistics take index lists or a matrix', () => {
    expectTypeOf(labelStatistics).toBeCallableWith([[0, 1], [2]], { classCount: 3 })
    expectTypeOf(labelStatistics).toBeCallableWith({ data: new Float32Array(6), classCount: 3 })
    expectTypeOf(labelStatistics).returns.toEqualTypeOf<LabelStatistics>()
    expectTypeOf(statisticsFromCounts).returns.toEqualTypeOf<LabelStatistics>()
  })
  test('losses are losses', () => {
    expectTypeOf(distributionBalancedLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf(binaryCrossEntropy).returns.toEqualTypeOf<Loss>()
    expectTypeOf(fromReleasedConfig).returns.toEqualTypeOf<Loss>()
    expectTypeOf(defineLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf<Loss['reduction']>().toEqualTypeOf<Reduction>()
  })
  test('wrong options do not type-check', () => {
    const statistics = {} as LabelStatistics
    // @ts-expect-error the variants have names
    const wrongVariant = () => distributionBalancedLoss(statistics, { variant: 'papers' })
    // @ts-expect-error μ is a number or 'auto'
    const wrongMu = () => distributionBalancedLoss(statistics, { mu: 'automatic' })
    // @ts-expect-error reductions have names
    const wrongReduction = () => binaryCrossEntropy({ reduction: 'average' })
    expectTypeOf(wrongVariant).toBeFunction()
    expectTypeOf(wrongMu).toBeFunction()
    expectTypeOf(wrongReduction).toBeFunction()
  })
  test('the reference is in float64', () => {
    expectTypeOf<ReturnType<typeof evaluate>['gradient']>().toEqualTypeOf<Float64Array>()
    expectTypeOf(averagePrecision).returns.toEqualTypeOf<number>()
  })
  test('the contract names what an adapter declares', () => {
    expectTypeOf<Adapter['precision']>().toEqualTypeOf<'float64' | 'float32' | 'float16'>()
    expectTypeOf<Adapter['supports']>().toEqualTypeOf<{ readonly elements: boolean; readonly optimizer: boolean }>()
  })
})
