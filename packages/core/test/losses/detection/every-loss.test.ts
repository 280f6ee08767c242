import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Batch,
  dropLoss,
  equalizationLoss,
  equalizationLossV2,
  evaluate,
  type Loss,
  type Reduction,
  seesawLoss,
  statisticsFromCounts,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord } from '../loss-properties.ts'
import { anyBatches } from './batches.ts'

const statistics = statisticsFromCounts({ classCounts: [500, 10, 1], sampleCount: 1000 })
const inputs = {
  uniform: Float32Array.from({ length: 12 }, (_, index) => ((index * 5) % 12) / 12 + 1 / 64),
  gradientRatios: Float32Array.of(1.1, 0.75, 0.25),
  classCounts: Float32Array.of(50, 7, 0),
}

const exampleBatch = {
  logits: Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1),
  labels: Float64Array.of(1, 0, 0.5, 0, 0, -1),
  batchSize: 2,
}

/** The inputs of a loss, cut to the size of the batch. */
function withInputs(loss: Loss, batch: Batch): Batch {
  const given = Object.entries(loss.inputs).map(([name, extent]) => {
    const values = inputs[name as keyof typeof inputs]
    return [name, extent.batch ? values.slice(0, batch.labels.length) : values]
  })
  return { ...batch, inputs: Object.fromEntries(given) }
}

const cases: readonly (readonly [string, (options: { reduction?: Reduction }) => Loss])[] = [
  ['equalization', (options) => equalizationLoss(statistics, { threshold: 0.02, ...options })],
  ['drop', (options) => dropLoss(statistics, { threshold: 0.02, ...options })],
  ['equalization-v2', (options) => equalizationLossV2({ gamma: 5, mu: 0.7, alpha: 3, ...options })],
  ['seesaw', (options) => seesawLoss({ p: 0.6, q: 1.5, ...options })],
]

describe.each(cases)('%s', (name, create) => {
  const losses = (['mean', 'sum', 'batchmean', 'none'] as const).map((reduction) => create({ reduction }))
  const [mean, sum, batchmean, none] = losses as [Loss, Loss, Loss, Loss]

  test('reductions are multiples of each other', () => {
    fc.assert(
      fc.property(anyBatches(3), (batch) => {
        const known = Array.from(batch.labels).filter((label) => label >= 0).length
        const divisor = mean.elements === undefined ? batch.batchSize : Math.max(known, 1)
        const of = (loss: Loss) => evaluate(loss, withInputs(loss, batch))
        const total = of(sum)
        for (const [reduced, factor] of [
          [of(mean), 1 / divisor],
          [of(batchmean), 1 / batch.batchSize],
          [of(none), 1],
        ] as const) {
          expect(Math.abs(reduced.value - factor * total.value)).toBeLessThanOrEqual(1e-13 * (1 + total.value))
          const differences = reduced.gradient.map((derivative, index) =>
            Math.abs(derivative - factor * total.gradient[index]!),
          )
          expect(Math.max(...differences)).toBeLessThanOrEqual(1e-13)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('|z| up to 1e4 gives a finite loss and gradient', () => {
    expectFiniteAtExtremes(mean, withInputs(mean, exampleBatch).inputs)
  })

  test('an unknown label takes no part, whatever its logit', () => {
    const result = (logit: number) =>
      evaluate(
        sum,
        withInputs(sum, {
          logits: Float64Array.of(0.5, logit, -1, logit, 1, 2),
          labels: Float64Array.of(1, -1, 0, -1, 0, 0),
          batchSize: 2,
        }),
      )
    const [plain, large, nan] = [result(0), result(1e4), result(Number.NaN)]
    expect([plain.gradient[1], plain.gradient[3]]).toEqual([0, 0])
    expect(large).toEqual(plain)
    expect(nan).toEqual(plain)
  })

  test('a batch without known labels gives 0 and a zero gradient', () => {
    const batch = { logits: Float64Array.of(Number.NaN, 1, 1e4), labels: new Float64Array(3).fill(-1), batchSize: 1 }
    const { value, gradient } = evaluate(mean, withInputs(mean, batch))
    expect([value, ...gradient].map(Math.abs)).toEqual([0, 0, 0, 0])
  })

  test('a record through JSON gives the same loss, bit for bit', () => {
    expect(mean).toMatchObject({ name })
    expectSameFromRecord(sum, withInputs(sum, exampleBatch))
  })
})

describe('the gradient equals finite differences', () => {
  // No gradient flows through the compensation of Seesaw (q), where differences would see it.
  const mitigationOnly = ['seesaw', () => seesawLoss({ p: 0.6, q: 0 })] as const
  test.each([...cases.filter(([name]) => name !== 'seesaw'), mitigationOnly])('%s', (_, create) => {
    const loss = create({})
    fc.assert(
      fc.property(anyBatches(3), (batch) => expectGradientOfFiniteDifferences(loss, withInputs(loss, batch))),
      { numRuns: 20 },
    )
  })
})
