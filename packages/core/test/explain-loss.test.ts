import { describe, expect, test } from 'vitest'
import {
  composeLoss,
  defineLoss,
  distributionBalancedLoss,
  equalizationLossV2,
  explain,
  type Loss,
  logitAdjustedSoftmaxLoss,
  max,
  parts,
  statisticsFromCounts,
} from '../src/index.ts'

const statistics = statisticsFromCounts({
  classCounts: [500, 20, 5],
  sampleCount: 1000,
  classNames: ['sky', 'boat', 'owl'],
})
const options = { alpha: 0.1, beta: 10, mu: 0.3, lambda: 2, kappa: 0.05, gamma: 0 } as const
const explanation = explain(distributionBalancedLoss(statistics, options), { logits: [2, -1, 0.5], labels: [1, 0, 1] })
const valuesOf = (symbol: string) => Array.from(explanation.quantities.find((each) => each.symbol === symbol)!.values)
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

describe('the explanation of DB for one sample', () => {
  test('has the quantities of the paper, by their names', () => {
    expect(explanation.quantities.map(({ symbol }) => symbol)).toEqual(
      expect.arrayContaining(['z', 'y', 'r', 'w', 'ν', 'z′', 'loss', 'gradient']),
    )
  })
  test('computed as the paper defines them', () => {
    const shown = 1 / 500 + 1 / 5
    const r = [500, 20, 5].map((n) => 1 / n / shown)
    const w = r.map((ratio) => 0.1 + sigmoid(10 * (ratio - 0.3)))
    // ν = −κ b with b = −log(1/p − 1)
    const nu = [0.5, 0.02, 0.005].map((p) => 0.05 * Math.log(1 / p - 1))
    for (const [index] of r.entries()) {
      expect(valuesOf('r')[index]).toBeCloseTo(r[index]!, 14)
      expect(valuesOf('w')[index]).toBeCloseTo(w[index]!, 14)
      expect(valuesOf('ν')[index]).toBeCloseTo(nu[index]!, 14)
      expect(valuesOf('z′')[index]).toBeCloseTo([2, -1, 0.5][index]! - nu[index]!, 14)
    }
    expect(valuesOf('loss')[0]).toBeCloseTo(w[0]! * Math.log1p(Math.exp(-valuesOf('z′')[0]!)), 14)
    expect(valuesOf('loss')[1]).toBeCloseTo((w[1]! * Math.log1p(Math.exp(2 * valuesOf('z′')[1]!))) / 2, 14)
    expect(valuesOf('gradient')[1]).toBeCloseTo(w[1]! * sigmoid(2 * valuesOf('z′')[1]!), 14)
  })
  test('as a table with a row a class', () => {
    const lines = `${explanation}`.split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/^class\s+z\s+y\s/)
    expect(lines[3]).toMatch(/^owl\s+0\.5000\s+1\s/)
  })
})

test('a loss of one number for the whole row', () => {
  const largest = defineLoss({ name: 'largest', formula: ({ logits }) => max(max(logits, 'classes'), 'batch') })
  const { quantities } = explain(largest, { logits: [1, 3, 2], labels: [0, 0, 0] })
  expect(quantities.map(({ symbol, values }) => [symbol, Array.from(values)])).toEqual([
    ['z', [1, 3, 2]],
    ['y', [0, 0, 0]],
    ['loss', [3]],
    ['gradient', [0, 1, 0]],
  ])
})

test('logarithms that have a name of their own', () => {
  const { quantities } = explain(logitAdjustedSoftmaxLoss(statistics), { logits: [1, 3, 2], labels: [0, 0, 1] })
  expect(quantities.map(({ symbol }) => symbol)).toEqual(['z', 'y', 'log π', 'z′', 'loss', 'gradient'])
})

test('a loss from parts that use the same symbols, and further inputs', () => {
  const composed = composeLoss(statistics, {
    weights: [parts.rebalanced({ mu: 0.3 }), parts.inverseFrequency()],
    logits: parts.negativeTolerant(),
    sides: parts.asymmetric(),
  })
  const symbolsOf = (loss: Loss, inputs = {}) =>
    explain(loss, { logits: [1, 3, 2], labels: [0, 0, 1], inputs }).quantities.map(({ symbol }) => symbol)
  expect(symbolsOf(composed)).toEqual(expect.arrayContaining(['w', 'w′', 'p', 'p′', 'p̄']))
  expect(symbolsOf(equalizationLossV2(), { gradientRatios: [1, 2, 0] })).toContain('g')
})

test('bad samples are refused', () => {
  expect(() => explain(distributionBalancedLoss(statistics, options), { logits: [1], labels: [1] })).toThrow(
    'labels has 1 columns but the statistics describe 3 classes',
  )
})
