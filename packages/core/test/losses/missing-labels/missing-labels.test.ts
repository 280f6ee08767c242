import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  evaluate,
  type Loss,
  labelPropensities,
  lossLatex,
  lossRecord,
  namedLoss,
  normalizedPickAllLabelsLoss,
  type PropensityLossOptions,
  pickAllLabelsLoss,
  restoreLoss,
  statisticsFromCounts,
  unbiasedLoss,
  upperBoundLoss,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'

type Create = (propensities: ArrayLike<number>, options?: PropensityLossOptions) => Loss

const losses: readonly (readonly [string, Create])[] = [
  ['unbiased', unbiasedLoss],
  ['upper-bound', upperBoundLoss],
  ['pick-all-labels', pickAllLabelsLoss],
  ['normalized-pick-all-labels', normalizedPickAllLabelsLoss],
]
const elementwise = losses.slice(0, 2)
const coupled = losses.slice(2)

const propensities = [0.9, 0.25, 0.6, 1]
const batch = {
  logits: Float64Array.of(1.5, -0.5, 2, 0.25, -1, 3, 0.75, -2.5, 0.1, -0.2, 4, 1),
  labels: Float64Array.of(1, 1, 0, 1, 0, 0.5, -1, 1, 0, 0, 0, 0),
  batchSize: 3,
}

/** Each row of the batch, written out: the loss of its known classes. */
function byHand(name: string): number[] {
  return [0, 1, 2].map((row) => {
    const known = [0, 1, 2, 3]
      .map((i) => ({ y: batch.labels[row * 4 + i]!, z: batch.logits[row * 4 + i]!, p: propensities[i]! }))
      .filter(({ y }) => y !== -1)
    const logTotal = Math.log(known.reduce((total, { z }) => total + Math.exp(z), 0))
    const inverseTotal = known.reduce((total, { y, p }) => total + y / p, 0)
    const costs = known.map(({ y, z, p }) => {
      const [positive, negative] = [Math.log(1 + Math.exp(-z)), Math.log(1 + Math.exp(z))]
      switch (name) {
        case 'unbiased':
          return (y / p) * positive + (1 - y / p) * negative
        case 'upper-bound':
          return y * (2 / p - 1) * positive + (1 - y) * negative
        case 'pick-all-labels':
          return (y / p) * (logTotal - z)
        default:
          return (y / p / (1 + inverseTotal - y / p)) * (logTotal - z)
      }
    })
    return costs.reduce((total, cost) => total + cost, 0)
  })
}

describe.each(losses)('%s', (name, create) => {
  test('is its formula, with unknown and soft labels', () => {
    const { rows, value } = evaluate(create(propensities, { reduction: 'batchmean' }), batch)
    const expected = byHand(name)
    for (const [row, loss] of expected.entries()) expect(rows![row]).toBeCloseTo(loss, 12)
    expect(value).toBeCloseTo((expected[0]! + expected[1]! + expected[2]!) / 3, 12)
  })

  test.each(['mean', 'sum', 'batchmean', 'none'] as const)(
    'has the gradient of finite differences: %s',
    (reduction) => {
      expectGradientOfFiniteDifferences(create(propensities, { reduction }), batch)
    },
  )

  test.each([
    ['float64', undefined],
    ['float32', Math.fround],
  ] as const)('is finite for |z| up to 1e4 in %s', (_, round) => {
    for (const magnitude of [17, 90, 800, 1e4]) {
      const logits = Float64Array.from([1, -1, 1, -1, 1, 1, -1, -1], (sign) => sign * magnitude)
      const labels = Float64Array.of(1, 1, 0, 0, 0.5, -1, 1, 0)
      const result = evaluate(create(propensities), { logits, labels, batchSize: 2 }, round ? { round } : {})
      expect([result.value, ...result.gradient].every(Number.isFinite)).toBe(true)
    }
  })

  test('takes nothing from an unknown class, even if its logit is NaN', () => {
    const labels = Float64Array.of(1, -1, 0)
    const withUnknown = evaluate(create([0.9, 0.2, 0.6]), {
      logits: Float64Array.of(1, Number.NaN, -2),
      labels,
      batchSize: 1,
    })
    const without = evaluate(create([0.9, 0.6]), {
      logits: Float64Array.of(1, -2),
      labels: Float64Array.of(1, 0),
      batchSize: 1,
    })
    expect(withUnknown.value).toBeCloseTo(without.value, 14)
    expect(withUnknown.gradient[0]).toBeCloseTo(without.gradient[0]!, 14)
    expect(withUnknown.gradient[1]).toBe(0)
    expect(withUnknown.gradient[2]).toBeCloseTo(without.gradient[1]!, 14)
  })

  test('is 0 with a zero gradient where nothing is known', () => {
    const { value, gradient } = evaluate(create(propensities), {
      logits: Float64Array.of(1, Number.NaN, 5, Number.POSITIVE_INFINITY),
      labels: Float64Array.of(-1, -1, -1, -1),
      batchSize: 1,
    })
    expect(value).toBeCloseTo(0, 20)
    for (const derivative of gradient) expect(derivative).toBeCloseTo(0, 20)
  })

  test('comes back from its record through JSON, bit for bit', () => {
    const loss = create(Float64Array.from(propensities), { reduction: 'sum' })
    const again = restoreLoss(JSON.parse(JSON.stringify(lossRecord(loss))))
    expect(again).toMatchObject({ name, classCount: 4, reduction: 'sum' })
    expect(evaluate(again, batch)).toEqual(evaluate(loss, batch))
  })

  test.each([
    [[0.5, 0], 'propensities[1] is 0; expected a number at least 1e-30 and at most 1'],
    [[1e-300], 'propensities[0] is 1e-300; expected'],
    [[1.5], 'propensities[0] is 1.5; expected'],
    [[Number.NaN, 1], 'propensities[0] is NaN; expected'],
    [[], 'propensities is empty; expected one number a class'],
  ])('refuses the propensities %j', (wrong, message) => {
    expect(() => create(wrong)).toThrow(
      expect.objectContaining({ name: 'DblossError', message: expect.stringContaining(message) }),
    )
  })

  test('refuses a batch with another number of classes', () => {
    expect(() => evaluate(create([0.5, 0.5, 0.5]), batch)).toThrow(expect.objectContaining({ code: 'shape' }))
  })

  test('is printed with its symbols', () => {
    expect(lossLatex(create(propensities))).toContain('p_{')
  })
})

describe('with all propensities 1', () => {
  const ones = [1, 1, 1, 1]

  test.each(elementwise)('%s is binary cross-entropy', (_, create) => {
    const [loss, expected] = [create(ones), binaryCrossEntropy()].map((made) => evaluate(made, batch))
    for (const [index, element] of expected!.elements!.entries()) {
      expect(loss!.elements![index]).toBeCloseTo(element, 14)
      expect(loss!.gradient[index]).toBeCloseTo(expected!.gradient[index]!, 14)
    }
  })

  test('pick-all-labels adds the softmax cross-entropies of the labels up, and its normalised form averages them', () => {
    const hard = { ...batch, labels: batch.labels.map((label) => (label === 0.5 ? 1 : label)) }
    const crossEntropy = (row: number, i: number): number => {
      const known = [0, 1, 2, 3].filter((j) => hard.labels[row * 4 + j] !== -1)
      const total = known.reduce((partial, j) => partial + Math.exp(hard.logits[row * 4 + j]!), 0)
      return Math.log(total) - hard.logits[row * 4 + i]!
    }
    const sums = [
      crossEntropy(0, 0) + crossEntropy(0, 1) + crossEntropy(0, 3),
      crossEntropy(1, 1) + crossEntropy(1, 3),
      0,
    ]
    const [all, normalized] = [pickAllLabelsLoss, normalizedPickAllLabelsLoss].map((create) =>
      evaluate(create(ones), hard),
    )
    for (const [row, expected] of sums.entries()) {
      expect(all!.rows![row]).toBeCloseTo(expected, 13)
      expect(normalized!.rows![row]).toBeCloseTo(expected / [3, 2, 1][row]!, 13)
    }
  })
})

describe('the unbiased loss', () => {
  test('is cross-entropy with the target y/p', () => {
    const z = [0.3, -2, 1.7]
    const { elements } = evaluate(unbiasedLoss([0.5, 0.25, 1]), {
      logits: Float64Array.from(z),
      labels: Float64Array.of(1, 1, 0),
      batchSize: 1,
    })
    for (const [index, target] of [2, 4, 0].entries()) {
      expect(elements![index]).toBeCloseTo(Math.log1p(Math.exp(z[index]!)) - target * z[index]!, 13)
    }
  })

  test('is not bounded below: at an observed label it falls as −(1/p − 1) z', () => {
    const { elements } = evaluate(unbiasedLoss([0.25]), {
      logits: Float64Array.of(1e4),
      labels: Float64Array.of(1),
      batchSize: 1,
    })
    expect(elements![0]).toBeCloseTo(-3e4, 8)
  })
})

test.each(coupled)('%s costs nothing in rows without labels', (_, create) => {
  const { rows, gradient } = evaluate(create(propensities), batch)
  expect(rows![2]).toBe(0)
  expect([...gradient.slice(8)]).toEqual([0, 0, 0, 0])
})

test('xmc-aalto/missing-labels-tmlr@3c69114, train/losses_test.py test_normalized_pal_bound', () => {
  // Written there as weights of softmax cross-entropies, which are here worked out: log Σ e^z − z.
  const [first, second] = [Math.log(Math.exp(3) + Math.exp(2) + Math.E), Math.log(Math.E + Math.exp(-1) + Math.exp(2))]
  const { rows } = evaluate(normalizedPickAllLabelsLoss([0.9, 0.7, 0.6]), {
    logits: Float64Array.of(3, 2, 1, 1, -1, 2),
    labels: Float64Array.of(1, 0, 1, 0, 0, 1),
    batchSize: 2,
  })
  const expected = [
    (1 / 0.9 / (1 + 1 / 0.6)) * (first - 3) + (1 / 0.6 / (1 + 1 / 0.9)) * (first - 1),
    (1 / 0.6) * (second - 2),
  ]
  for (const [row, loss] of expected.entries()) expect(rows![row]).toBeCloseTo(loss, 13)
})

describe('by name', () => {
  const statistics = statisticsFromCounts({ classCounts: [900, 300, 7, 0], sampleCount: 1000 })

  test.each(['unbiased', 'upper-bound', 'pick-all-labels'])('%s has the propensities of the statistics', (name) => {
    const loss = namedLoss(name, statistics)
    expect(loss).toMatchObject({ name, parameters: { propensities: [...labelPropensities(statistics)] } })
    expect(Number.isFinite(evaluate(loss, batch).value)).toBe(true)
  })

  test('is refused where the statistics give none', () => {
    expect(() => namedLoss('unbiased', statisticsFromCounts({ classCounts: [1], sampleCount: 2 }))).toThrow(
      'propensities need log N above 1, but the statistics have N = 2',
    )
  })
})
