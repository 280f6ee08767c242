import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aliasTable } from '../../src/labels/alias-table.ts'
import { createRandom, type Random } from '../../src/random.ts'

/** How often each index is drawn when the random numbers are the midpoints of equal parts of [0, 1). */
function frequencies(probabilities: Float64Array, parts: number): Float64Array {
  let part = 0
  const midpoints: Random = { ...createRandom(0), next: () => (part++ + 0.5) / parts }
  const table = aliasTable(probabilities)
  const found = new Float64Array(probabilities.length)
  for (let drawn = 0; drawn < parts; drawn++) found[table.draw(midpoints)]! += 1 / parts
  return found
}

describe('aliasTable', () => {
  test('draws each index with its probability', () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(weights, (values) => {
        const total = values.reduce((sum, value) => sum + value, 0)
        fc.pre(total > 0)
        const probabilities = Float64Array.from(values, (value) => value / total)
        const found = frequencies(probabilities, 6000)
        // An index has at most two intervals for each index of the table, each of which is off by less than a part.
        probabilities.forEach((probability, index) => {
          expect(Math.abs(found[index]! - probability)).toBeLessThanOrEqual((2 * probabilities.length) / 6000)
          if (probability === 0) expect(found[index]).toBe(0)
        })
      }),
      { numRuns: 100 },
    )
  })

  test('never draws one of probability 0 among 100,000', () => {
    const counts = Float64Array.from({ length: 100_000 }, (_, index) => (index % 3 === 0 ? 0 : 1 / (1 + index)))
    const total = counts.reduce((sum, count) => sum + count, 0)
    const probabilities = counts.map((count) => count / total)
    const table = aliasTable(probabilities)
    const random = createRandom(5)
    const drawn = Array.from({ length: 100_000 }, () => table.draw(random))
    expect(drawn.filter((index) => !(probabilities[index]! > 0))).toEqual([])
    const first = drawn.filter((index) => index === 1).length
    // Four standard deviations of a binomial count.
    const p = probabilities[1]!
    expect(Math.abs(first - 100_000 * p)).toBeLessThan(4 * Math.sqrt(100_000 * p * (1 - p)))
  })
})
