import { describe, expect, test } from 'vitest'
import {
  type Batch,
  binaryCrossEntropy,
  evaluate,
  type LogisticTarget,
  lossLatex,
  multiLabelLogisticLoss,
  namedLoss,
  statisticsFromCounts,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import {
  expectFiniteAtExtremes,
  expectSameFromRecord,
  expectSameWithHardLabels,
  expectUnknownLeftOut,
} from '../loss-properties.ts'
import { allSets, scoreOfSets } from './score-of-sets.ts'

const targets = ['hamming', 'subset', 'f1', 'jaccard'] as const satisfies readonly LogisticTarget[]
const asBatch = (logits: readonly number[], labels: readonly number[], batchSize = 1): Batch => ({
  logits: Float64Array.from(logits),
  labels: Float64Array.from(labels),
  batchSize,
})

/** Σ_y′ (1 − L̄(y′, y)) log Σ_y″ exp(Σ_i (y″_i − y′_i) z_i), with sets as −1 and 1. */
function overAllSets(target: LogisticTarget, z: readonly number[], truth: readonly number[]): number {
  const dot = (set: readonly number[]) => set.reduce((sum, label, index) => sum + (2 * label - 1) * z[index]!, 0)
  const sets = allSets(z.length)
  return sets.reduce((sum, predicted) => {
    const inner = sets.reduce((total, other) => total + Math.exp(dot(other) - dot(predicted)), 0)
    return sum + scoreOfSets(target, predicted, truth) * Math.log(inner)
  }, 0)
}

const sumOfScores = (target: LogisticTarget, truth: readonly number[]): number =>
  allSets(truth.length).reduce((sum, predicted) => sum + scoreOfSets(target, predicted, truth), 0)

describe.each(targets)('%s: the sum over all sets is a cross-entropy with soft targets', (target) => {
  const logits = [0.7, -1.2, 2.1, 0.3]
  const truths = [
    [0, 0, 0, 0],
    [0, 0, 1, 0],
    [1, 0, 0, 1],
    [1, 1, 1, 0],
    [1, 1, 1, 1],
  ]
  test.each(truths.map((truth) => [truth]))('labels %o', (truth) => {
    const { value } = evaluate(
      multiLabelLogisticLoss({ target, classCount: 4, reduction: 'sum' }),
      asBatch(logits, truth),
    )
    // 256 exponentials and logarithms.
    expect(value).toBeCloseTo(overAllSets(target, logits, truth) / sumOfScores(target, truth), 12)
  })
  test('with rows weighted by score, up to one factor for all rows', () => {
    const loss = multiLabelLogisticLoss({ target, classCount: 4, rowWeights: 'score', reduction: 'sum' })
    const factor = sumOfScores(target, [1, 1, 1, 1])
    for (const truth of truths) {
      const { value } = evaluate(loss, asBatch(logits, truth))
      expect(value).toBeCloseTo(overAllSets(target, logits, truth) / factor, 12)
    }
  })
})

const batch = asBatch([0.5, -1, 2, -3.5, 1.2, -2.5, -6, 4, 0.3], [1, 0, 1, 0.25, 1, -1, 0, 0, 0], 3)

describe.each(targets.flatMap((target) => [{ target }, { target, rowWeights: 'score' as const }]))('%o', (options) => {
  const loss = multiLabelLogisticLoss({ ...options, classCount: 3 })
  test('is finite at extremes', () => expectFiniteAtExtremes(loss))
  test('leaves unknown labels out', () => expectUnknownLeftOut(loss))
  test('comes back from its record', () => expectSameFromRecord(loss, batch))
  test('has a program for hard labels', () => expectSameWithHardLabels(loss, batch))
  test('has the gradient of finite differences', () => {
    for (const reduction of ['mean', 'sum', 'batchmean', 'none'] as const) {
      expectGradientOfFiniteDifferences(multiLabelLogisticLoss({ ...options, classCount: 3, reduction }), batch)
    }
  })
})

test('subset is binary cross-entropy at 2z', () => {
  const { value } = evaluate(multiLabelLogisticLoss({ target: 'subset', classCount: 3 }), batch)
  const doubled = { ...batch, logits: Float64Array.from(batch.logits, (logit) => 2 * logit) }
  expect(value).toBeCloseTo(evaluate(binaryCrossEntropy(), doubled).value, 14)
})

test('hamming pulls a lone label to σ(2z) = ½ ± 1/(2C)', () => {
  const loss = multiLabelLogisticLoss({ target: 'hamming', classCount: 3 })
  const z = 0.5 * Math.log((1 + 1 / 3) / (1 - 1 / 3))
  // Zero up to the rounding of numbers near 1.
  for (const derivative of evaluate(loss, asBatch([z, -z, -z], [1, 0, 0])).gradient)
    expect(derivative).toBeCloseTo(0, 15)
})

describe('rows without positives', () => {
  test.each(['f1', 'jaccard'] as const)('%s: the empty set is the only right one', (target) => {
    const { elements } = evaluate(multiLabelLogisticLoss({ target, classCount: 3 }), asBatch([1, -2, 0], [0, 0, 0]))
    elements!.forEach((element, index) => {
      expect(element).toBeCloseTo(Math.log1p(Math.exp(2 * [1, -2, 0][index]!)), 14)
    })
  })
})

test('soft labels move between the tables of whole counts without a jump', () => {
  const loss = multiLabelLogisticLoss({ target: 'f1', classCount: 3 })
  const at = (label: number) => evaluate(loss, asBatch([0.5, -1, 2], [1, label, 0])).value
  expect(at(1e-9)).toBeCloseTo(at(0), 8)
  expect(at(1 - 1e-9)).toBeCloseTo(at(1), 8)
})

/** The logits at which the expected loss has no gradient, when y has this distribution. */
function minimizer(
  target: LogisticTarget,
  distribution: readonly (readonly [probability: number, set: readonly number[]])[],
) {
  const classCount = distribution[0]![1].length
  const loss = multiLabelLogisticLoss({ target, classCount, rowWeights: 'score', reduction: 'sum' })
  const gradientAt = (z: readonly number[]): number[] =>
    distribution.reduce(
      (sum, [probability, set]) => {
        const { gradient } = evaluate(loss, asBatch(z, set))
        return sum.map((value, index) => value + probability * gradient[index]!)
      },
      z.map(() => 0),
    )
  let z = Array.from({ length: classCount }, () => 0)
  // Each element is convex with a curvature of at most 1, so that gradient descent with step 1 comes down.
  for (let step = 0; step < 200; step++) {
    const gradient = gradientAt(z)
    z = z.map((value, index) => value - gradient[index]!)
  }
  expect(Math.max(...gradientAt(z).map(Math.abs))).toBeLessThan(1e-6)
  return z
}

test('is not consistent for Jaccard: the minimum predicts both labels where one of them is better', () => {
  const distribution = [
    [0.6, [1, 0]],
    [0.4, [0, 1]],
  ] as const satisfies readonly (readonly [number, readonly number[]])[]
  const mean = (predicted: number[]) =>
    distribution.reduce((sum, [probability, set]) => sum + probability * scoreOfSets('jaccard', predicted, set), 0)
  const z = minimizer('jaccard', distribution)
  expect(z.every((logit) => logit > 0.01)).toBe(true)
  expect(mean([1, 1])).toBeCloseTo(0.5, 14)
  expect(mean([1, 0])).toBeCloseTo(0.6, 14)
})

test('by name, the class count is that of the statistics', () => {
  const statistics = statisticsFromCounts({ classCounts: [5, 3, 2], sampleCount: 10 })
  for (const target of targets) {
    expect(namedLoss(`logistic-${target}`, statistics).parameters).toEqual({
      target,
      classCount: 3,
      rowWeights: 'equal',
    })
  }
})

test('LaTeX', () => {
  const latex = lossLatex(multiLabelLogisticLoss({ target: 'f1', classCount: 3 }))
  expect(latex.split('\n').slice(2, -1)).toEqual([
    String.raw`t_{i} &= y_{i} \, t^{+} + \left(1 - y_{i}\right) \, t^{-} \\`,
    String.raw`t^{+} &= \sum_{j} T^{+}_{j} \, h_{j} \\`,
    String.raw`t^{-} &= \sum_{j} T^{-}_{j} \, h_{j} \\`,
    String.raw`h_{i} &= \max\left(1 - \max\left(s - k_{i}, k_{i} - s\right), 0\right) \\`,
    String.raw`s &= \sum_{j} y_{j}`,
  ])
})

test.each([
  [
    { target: 'accuracy' as never, classCount: 3 },
    "target is 'accuracy'; expected 'hamming' | 'subset' | 'f1' | 'jaccard'",
  ],
  [{ target: 'f1', classCount: 3, rowWeights: 'none' as never }, "rowWeights is 'none'; expected 'equal' | 'score'"],
  [{ target: 'f1', classCount: 0 }, 'classCount is 0; expected an integer at least 1'],
] as const)('%o is refused', (options, message) => {
  expect(() => multiLabelLogisticLoss(options)).toThrow(message)
})
