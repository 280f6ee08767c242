import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate, type Reduction, statisticsFromCounts } from '../../src/index.ts'
import { allLosses, allReductions } from './all-losses.ts'
import { expectGradientOfFiniteDifferences } from './finite-differences.ts'

/** Few by default where a reduction only scales what the mean has. */
const runsOf = (reduction: Reduction): number =>
  Number(process.env.DBLOSS_PROPERTY_RUNS ?? (reduction === 'mean' ? 10 : 3))

/** A batch of the given shape; labels are hard, soft or unknown. */
const batches = fc
  .record({ batchSize: fc.integer({ min: 1, max: 4 }), classCount: fc.integer({ min: 1, max: 5 }) })
  .chain(({ batchSize, classCount }) => {
    const size = batchSize * classCount
    const label = fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(0, 1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    )
    return fc.record({
      batchSize: fc.constant(batchSize),
      classCounts: fc.array(fc.integer({ min: 1, max: 999 }), { minLength: classCount, maxLength: classCount }),
      logits: fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: size, maxLength: size }),
      labels: fc.array(label, { minLength: size, maxLength: size }),
    })
  })

describe.each(allLosses)('the derived gradient of $title equals finite differences', ({ create }) => {
  test.each(allReductions)('reduction %s', (reduction) => {
    fc.assert(
      fc.property(batches, ({ batchSize, classCounts, logits, labels }) => {
        const loss = create(statisticsFromCounts({ classCounts, sampleCount: 1000 }), { reduction })
        expectGradientOfFiniteDifferences(loss, {
          logits: Float64Array.from(logits),
          labels: Float64Array.from(labels),
          batchSize,
        })
      }),
      { numRuns: runsOf(reduction) },
    )
  })
})

describe('a seed', () => {
  test.each(allLosses)('weights the elements of $title', ({ create }) => {
    const loss = create(statisticsFromCounts({ classCounts: [500, 20, 3], sampleCount: 1000 }), { reduction: 'none' })
    const logits = Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1)
    const labels = Float64Array.of(1, 0, 1, 0, 1, -1)
    const seed = Float64Array.of(1, -2, 0.5, 3, 0, 7)
    const plain = evaluate(loss, { logits, labels, batchSize: 2 })
    const seeded = evaluate(loss, { logits, labels, batchSize: 2 }, { seed })
    seeded.gradient.forEach((derivative, index) => {
      // Elements depend on their own logit only, so the seed is a factor.
      expect(derivative).toBeCloseTo(plain.gradient[index]! * seed[index]!, 12)
    })
  })
})
