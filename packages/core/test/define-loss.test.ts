import { describe, expect, test } from 'vitest'
import {
  CLASSES,
  classVector,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  labelStatistics,
  logSumExp,
  lossProgram,
  max,
  multiply,
  namedLoss,
  namedLosses,
  negativeTolerantLoss,
  power,
  presets,
  type Reduction,
  select,
  sigmoid,
  size,
  statisticsFromCounts,
  subtract,
  sum,
} from '../src/index.ts'

const batch = {
  logits: Float64Array.of(0, 1, -1, 2, 0.5, -0.5),
  labels: Float64Array.of(1, 0, 0, 1, -1, 1),
  batchSize: 2,
}

describe('a loss of one’s own', () => {
  test('elementwise: masked, reduced and differentiated without further care', () => {
    const brier = defineLoss({
      name: 'brier',
      formula: ({ logits, labels }) => power(subtract(sigmoid(logits), labels), 2),
    })
    const { value, elements, gradient } = evaluate(brier, batch)
    const sigma = (x: number) => 1 / (1 + Math.exp(-x))
    const expected = [0.25, sigma(1) ** 2, sigma(-1) ** 2, (sigma(2) - 1) ** 2, 0, (sigma(-0.5) - 1) ** 2]
    for (const [index, element] of expected.entries()) expect(elements![index]).toBeCloseTo(element, 14)
    expect(value).toBeCloseTo(expected.reduce((a, b) => a + b) / 5, 14)
    expect(gradient[0]).toBeCloseTo((2 * (0.5 - 1) * 0.25) / 5, 14)
    expect(gradient[4]).toBe(0)
  })

  test('coupling classes: rows instead of elements, unknown labels left out by isUnknown', () => {
    const rows = defineLoss({
      name: 'log-sum-exp',
      formula: ({ logits, isUnknown }) => logSumExp(select(isUnknown, -1e30, logits), 'classes'),
    })
    const { value, elements, gradient } = evaluate(rows, batch)
    const first = Math.log(1 + Math.E + Math.exp(-1))
    const second = Math.log(Math.exp(2) + Math.exp(-0.5))
    expect(elements).toBeUndefined()
    expect(value).toBeCloseTo((first + second) / 2, 14)
    expect(gradient[4]).toBe(0)
    expect(gradient[3]).toBeCloseTo(Math.exp(2 - second) / 2, 14)
  })

  test('one number for the batch has no rows to average', () => {
    const create = (reduction: Reduction) =>
      defineLoss({ name: 'largest', reduction, formula: ({ logits }) => max(max(logits, 'classes'), 'batch') })
    expect(evaluate(create('mean'), batch).value).toBe(2)
    expect(() => create('batchmean')).toThrow(
      "largest couples the rows of a batch, so reduction 'batchmean' has no meaning",
    )
  })

  test('a loss that does not depend on the logits has a zero gradient of full size', () => {
    const constant = defineLoss({ name: 'constant', formula: ({ labels }) => multiply(labels, size('classes')) })
    expect(Array.from(evaluate(constant, batch).gradient)).toEqual([0, 0, 0, 0, 0, 0])
    expect(lossProgram(constant).gradient.extent).toEqual({ batch: true, classes: true })
  })

  test('a gradient that is the same for all elements is spread over them, but for the unknown', () => {
    const linear = defineLoss({ name: 'linear', reduction: 'sum', formula: ({ logits }) => multiply(3, logits) })
    expect(Array.from(evaluate(linear, batch).gradient)).toEqual([3, 3, 3, 3, 0, 3])
  })

  test('further inputs are declared, and checked', () => {
    const weighted = defineLoss({
      name: 'weighted',
      inputs: { classWeights: CLASSES },
      reduction: 'sum',
      formula: ({ logits, inputs }) => multiply(logits, inputs.classWeights!),
    })
    const { value } = evaluate(weighted, { ...batch, inputs: { classWeights: Float64Array.of(1, 10, 100) } })
    expect(value).toBeCloseTo(0 + 10 - 100 + 2 - 50, 12)
    expect(() => evaluate(weighted, batch)).toThrow("input 'classWeights' of weighted is missing; expected [1, 3]")
    const broken = { classWeights: Float64Array.of(1, Number.NaN, 100) }
    expect(() => evaluate(weighted, { ...batch, inputs: broken })).toThrow(
      "input 'classWeights' of weighted is NaN at 1; expected a finite number",
    )
    expect(() => defineLoss({ name: 'clash', inputs: { logits: CLASSES }, formula: ({ logits }) => logits })).toThrow(
      "clash declares an input 'logits'",
    )
  })

  test('a formula by class only is no loss', () => {
    expect(() => defineLoss({ name: 'wrong', formula: ({ logits }) => sum(logits, 'batch') })).toThrow(
      'the formula of wrong varies over the classes but not over the batch',
    )
    expect(() => defineLoss({ name: 'wrong', formula: () => classVector('v', [1, 2]) })).toThrow(
      'varies over the classes',
    )
  })

  test('an unknown reduction is refused', () => {
    expect(() =>
      defineLoss({ name: 'odd', reduction: 'median' as Reduction, formula: ({ logits }) => logits }),
    ).toThrow("reduction is 'median'")
  })
})

describe('bad batches are refused before work starts', () => {
  const statistics = statisticsFromCounts({ classCounts: [5, 20, 40], sampleCount: 80 })
  const loss = distributionBalancedLoss(statistics, { mu: 0.3 })
  test.each([
    [
      'wrong columns',
      { labels: new Float64Array(8), logits: new Float64Array(8) },
      'shape',
      'labels has 4 columns but the statistics describe 3 classes',
    ],
    ['logits of another width', { logits: new Float64Array(8) }, 'shape', 'logits has 4 columns but labels has 3'],
    [
      'rows that do not divide',
      { labels: new Float64Array(5) },
      'shape',
      'labels has 5 values, which 2 rows do not divide',
    ],
    ['an empty batch', { batchSize: 0 }, 'shape', 'batchSize is 0; expected a positive integer'],
    [
      'NaN logits',
      { logits: Float64Array.of(0, 1, 2, 3, 4, Number.NaN) },
      'logits',
      'logits[1, 2] is NaN; expected a finite number',
    ],
    [
      'infinite logits',
      { logits: Float64Array.of(0, Number.NEGATIVE_INFINITY, 2, 3, 4, 5) },
      'logits',
      'logits[0, 1] is -Infinity',
    ],
    [
      'labels above 1',
      { labels: Float64Array.of(1, 0, 2, 0, 0, 0) },
      'labels',
      'labels[0, 2] is 2; expected 0 to 1, or −1 for unknown',
    ],
    ['negative labels', { labels: Float64Array.of(1, 0, -0.5, 0, 0, 0) }, 'labels', 'labels[0, 2] is -0.5'],
    ['NaN labels', { labels: Float64Array.of(1, 0, Number.NaN, 0, 0, 0) }, 'labels', 'labels[0, 2] is NaN'],
  ])('%s', (_, change, code, message) => {
    expect(() => evaluate(loss, { ...batch, ...change })).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
  test('a seed of the wrong size', () => {
    expect(() => evaluate(loss, batch, { seed: [1, 2] })).toThrow('seed has 2 values; 6 expected')
  })
})

describe('statistics that make a loss infinite are refused, unless a pseudo-count resolves it', () => {
  const never = { classCounts: [5, 0, 40], sampleCount: 80, classNames: ['cat', 'dodo', 'dog'] }
  const always = { classCounts: [5, 20, 80], sampleCount: 80 }
  const usual = labelStatistics([[0], [1], [0, 1], [2], []], { classCount: 3 })
  /** Where n only tells rare from frequent, a class that is never there is a rare one. */
  const withoutWeights = ['equalization', 'drop']
  const fromStatistics = Object.keys(namedLosses).filter(
    (name) => namedLoss(name, usual).statistics !== undefined && !withoutWeights.includes(name),
  )
  test.each(fromStatistics)('%s with n = 0', (name) => {
    expect(() => namedLoss(name, statisticsFromCounts(never))).toThrow('class 1 (dodo) has no positive sample (n = 0)')
  })
  test('n = N makes the prior bias infinite', () => {
    expect(() => negativeTolerantLoss(statisticsFromCounts(always))).toThrow('class 2 has no negative sample (n = N)')
  })
  test('pseudoCount resolves both', () => {
    for (const counts of [never, always]) {
      const loss = distributionBalancedLoss(statisticsFromCounts({ ...counts, pseudoCount: 1 }), { mu: 0.3 })
      expect(Number.isFinite(evaluate(loss, batch).value)).toBe(true)
    }
  })
  test('μ auto needs label sets, and says what else to do', () => {
    expect(() => distributionBalancedLoss(statisticsFromCounts({ classCounts: [5, 20], sampleCount: 80 }))).toThrow(
      /presets/,
    )
    const statistics = labelStatistics([[0], [1], [0, 1], [1], []], { classCount: 2 })
    expect(distributionBalancedLoss(statistics).parameters.mu).toBeTypeOf('number')
  })
})

describe('parameters out of range are refused', () => {
  const statistics = statisticsFromCounts({ classCounts: [5, 20, 40], sampleCount: 80 })
  test.each([
    [{ lambda: 0 }, 'lambda is 0; expected a number above 0'],
    [{ kappa: -1 }, 'kappa is -1'],
    [{ gamma: Number.NaN }, 'gamma is NaN'],
    [{ gamma: -2 }, 'gamma is -2'],
    [{ balance: 0 }, 'balance is 0'],
    [{ alpha: -0.1 }, 'alpha is -0.1'],
    [{ beta: Number.POSITIVE_INFINITY }, 'beta is Infinity'],
    [{ variant: 'paperr' as 'paper' }, "variant is 'paperr'"],
  ])('%o', (options, message) => {
    expect(() => distributionBalancedLoss(statistics, { mu: 0.3, ...options })).toThrow(message)
  })
  test('presets are accepted', () => {
    for (const preset of Object.values(presets)) {
      expect(distributionBalancedLoss(statistics, preset).parameters).toMatchObject({ mu: preset.mu })
    }
  })
  test('an unknown name lists the known ones', () => {
    expect(() => namedLoss('asl', statistics)).toThrow(/there is no loss 'asl'; known are distribution-balanced, db, /)
  })
})
