import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { evaluate, fromReleasedConfig, type ReleasedConfig, statisticsFromCounts } from '../../src/index.ts'

interface ReleasedCase {
  readonly name: string
  readonly implementation: 'official' | 'nlp'
  readonly config: ReleasedConfig
  readonly sampleCount: number
  readonly classCounts: number[]
  readonly shape: [number, number]
  readonly logits: number[]
  readonly labels: number[]
  readonly elementLoss: number[]
  readonly meanLoss: number
  readonly meanLossGradient: number[]
}

const folder = new URL('../fixtures/released-loss/', import.meta.url)
const cases = readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as ReleasedCase)

/** PyTorch's softplus is linear from 20 on, where log1p(e^−20) = 2e-9 is lost; weights up to 300 multiply that. */
const tolerance = (expected: number): number => 1e-8 * Math.max(1, Math.abs(expected))

function largestError(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  return Math.max(...expected.map((value, index) => Math.abs(actual[index]! - value) / Math.max(1, Math.abs(value))))
}

describe('fromReleasedConfig equals the Python code', () => {
  test('all 21 cases are here', () => expect(cases).toHaveLength(21))

  test.each(cases)('$name', ({ implementation, config, sampleCount, classCounts, shape, ...expected }) => {
    const statistics = statisticsFromCounts({ classCounts, sampleCount })
    const loss = fromReleasedConfig(config, statistics, {
      implementation: implementation === 'nlp' ? 'text' : 'vision',
    })
    const { value, elements, gradient } = evaluate(loss, {
      logits: Float64Array.from(expected.logits),
      labels: Float64Array.from(expected.labels),
      batchSize: shape[0],
    })
    expect(largestError(elements!, expected.elementLoss)).toBeLessThan(1e-8)
    expect(Math.abs(value - expected.meanLoss)).toBeLessThan(tolerance(expected.meanLoss))
    expect(largestError(gradient, expected.meanLossGradient)).toBeLessThan(1e-8)
  })

  test('the implementation is told from the focal parameters', () => {
    const statistics = statisticsFromCounts({ classCounts: [5, 50], sampleCount: 100 })
    expect(fromReleasedConfig({ focal: { focal: true, alpha: 0.5 } }, statistics).name).toBe('released-text')
    expect(fromReleasedConfig({ focal: { focal: true, balance_param: 2 } }, statistics).name).toBe('released-vision')
  })

  test.each([
    ['reweight_func', { reweight_func: 'rebalanced' }],
    ['CB_mode', { reweight_func: 'CB', CB_loss: { CB_mode: 'mean_n' } }],
    ['weight_norm', { weight_norm: 'by_row' }],
  ])('an unknown %s is refused', (argument, config) => {
    const statistics = statisticsFromCounts({ classCounts: [5, 50], sampleCount: 100 })
    expect(() => fromReleasedConfig(config as unknown as ReleasedConfig, statistics)).toThrow(
      expect.objectContaining({ code: 'argument', argument }),
    )
  })
})
