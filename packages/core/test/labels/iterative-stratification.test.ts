import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import { type IterativeStratificationOptions, iterativeStratification } from '../../src/labels/index.ts'
import { createRandom } from '../../src/random.ts'
import { labelLists } from './label-lists.ts'

/** A long tail: class i has about 2,000 / (i + 1) of 4,000 samples, and a tenth of the samples has none. */
function longTail(): number[][] {
  const random = createRandom(5)
  return Array.from({ length: 4000 }, (_, sample) =>
    sample % 10 === 0 ? [] : [...new Array(60).keys()].filter((index) => random.next() < 0.5 / (index + 1)),
  )
}

/** The mean over classes and parts of the distance between a part's share of a class and the share it should have. */
function deviation(
  labels: readonly (readonly number[])[],
  parts: readonly (readonly number[])[],
  shares: readonly number[],
): number {
  const classes = [...new Set(labels.flat())]
  const distances = classes.flatMap((index) => {
    const total = labels.filter((row) => row.includes(index)).length
    return parts.map((part, p) => {
      const count = part.filter((sample) => labels[sample]!.includes(index)).length
      return Math.abs(count / total - shares[p]!)
    })
  })
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length
}

function randomParts(sampleCount: number, shares: readonly number[], seed: number): number[][] {
  const order = createRandom(seed).shuffle([...new Array(sampleCount).keys()])
  let end = 0
  return shares.map((share) => {
    const start = Math.round(end * sampleCount)
    end += share
    return order.slice(start, Math.round(end * sampleCount))
  })
}

const shares = fc.constantFrom([0.8, 0.2], [0.5, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1], [1])

describe('iterativeStratification', () => {
  test('puts every sample into one part, with the sizes that are asked for', () => {
    fc.assert(
      fc.property(labelLists(5, 60), shares, fc.nat(), (labels, proportions, seed) => {
        const options = { labels, proportions, seed, classCount: 5 }
        for (const exactSizes of [false, true]) {
          const parts = iterativeStratification({ ...options, exactSizes })
          expect(parts).toHaveLength(proportions.length)
          expect(parts.flat().sort((a, b) => a - b)).toEqual([...labels.keys()])
          for (const part of parts) expect(part).toEqual(part.toSorted((a, b) => a - b))
          if (!exactSizes) continue
          parts.forEach((part, p) => {
            expect(Math.abs(part.length - proportions[p]! * labels.length)).toBeLessThan(1)
          })
        }
      }),
    )
  })

  test('spreads one label a sample as evenly as whole numbers allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (classes, folds, seed) => {
          const parts = iterativeStratification({ labels: classes.map((index) => [index]), folds, seed })
          for (const index of new Set(classes)) {
            const counts = parts.map((part) => part.filter((sample) => classes[sample] === index).length)
            expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          }
          const sizes = parts.map((part) => part.length)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test.each([
    [{ folds: 5 }, [0.2, 0.2, 0.2, 0.2, 0.2]],
    [{ proportions: [0.8, 0.2] }, [0.8, 0.2]],
    [{ proportions: [0.8, 0.2], exactSizes: true }, [0.8, 0.2]],
  ])('comes several times nearer to the class proportions than random splits: %j', (options, wanted) => {
    const labels = longTail()
    for (const seed of [1, 2, 3]) {
      const stratified = iterativeStratification({ labels, seed, ...options })
      const random = deviation(labels, randomParts(labels.length, wanted, seed), wanted)
      expect(deviation(labels, stratified, wanted)).toBeLessThan(random / 4)
      stratified.forEach((part, p) => {
        expect(Math.abs(part.length / labels.length - wanted[p]!)).toBeLessThan(0.01)
        // Samples without labels are spread too.
        expect(part.filter((sample) => labels[sample]!.length === 0).length).toBeGreaterThan(0)
      })
    }
  })

  test('is the same for the same seed and another for another', () => {
    const split = (seed: number): number[][] => iterativeStratification({ labels: longTail(), folds: 3, seed })
    expect(split(4)).toEqual(split(4))
    expect(split(4)).not.toEqual(split(5))
  })

  test('takes unknown labels for not carried', () => {
    const data = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 1 : -1))
    const [first, second] = iterativeStratification({ labels: { data, classCount: 2 }, folds: 2, seed: 0 })
    expect([first!.length, second!.length]).toEqual([10, 10])
  })

  const wrong: [Partial<IterativeStratificationOptions>, string, string][] = [
    [{}, 'argument', 'either folds or proportions'],
    [{ folds: 2, proportions: [1] }, 'argument', 'either folds or proportions'],
    [{ folds: 1 }, 'argument', 'folds is 1; expected an integer at least 2'],
    [{ proportions: [0.5, 0.4] }, 'argument', 'proportions have the sum 0.9; expected 1'],
    [{ proportions: [1, 0] }, 'argument', 'proportions[1] is 0; expected a number above 0'],
    [{ proportions: [] }, 'argument', 'proportions have the sum 0'],
    [{ folds: 2, seed: -1 }, 'argument', 'seed is -1'],
    [{ folds: 2, labels: [] }, 'shape', 'labels has no samples'],
    [{ folds: 2, labels: [[0], [-1]] }, 'labels', 'labels[1] has class index -1'],
    [
      { folds: 2, labels: { data: [0, 0.5], classCount: 1 } },
      'labels',
      'labels[1, 0] is 0.5; iterative stratification',
    ],
  ]
  test.each(wrong)('refuses %j', (options, code, message) => {
    expect(() => iterativeStratification({ labels: [[0], [1]], seed: 0, ...options })).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describeRealData('the training samples of corel5k', ({ load }) => {
  test('keep nearly every class with several samples in the validation part, unlike random splits', () => {
    const { Y } = JSON.parse(load('tabular/corel5k/train.json.gz')) as { Y: number[][] }
    const wanted = [0.8, 0.2]
    const parts = iterativeStratification({ labels: Y, proportions: wanted, seed: 1 })
    const random = randomParts(Y.length, wanted, 1)
    const missing = (part: readonly number[]): number => {
      const present = new Set(part.flatMap((sample) => Y[sample]!))
      const frequent = [...new Set(Y.flat())].filter((index) => Y.filter((row) => row.includes(index)).length >= 5)
      return frequent.filter((index) => !present.has(index)).length
    }
    expect(missing(parts[1]!)).toBeLessThan(missing(random[1]!) / 4)
    expect(deviation(Y, parts, wanted)).toBeLessThan(deviation(Y, random, wanted) / 2)
    expect(Math.abs(parts[1]!.length / Y.length - 0.2)).toBeLessThan(0.05)
  })
})
