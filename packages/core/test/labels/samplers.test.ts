import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classAwareSampler, uniformSampler } from '../../src/labels/index.ts'
import { labelLists } from './label-lists.ts'

/** Class 0 is carried by samples 0 to 5, class 1 by 5 and 6, class 2 by 7. */
const labels = [[0], [0], [0], [0], [0], [0, 1], [1], [2]]

describe('classAwareSampler', () => {
  test('has epochs of max n · C / reduce samples, rounded up', () => {
    expect(classAwareSampler({ labels, seed: 1 }).epochLength).toBe(5)
    expect(classAwareSampler({ labels, seed: 1, reduce: 1 }).epochLength).toBe(18)
    expect([...classAwareSampler({ labels, seed: 1, reduce: 1 })]).toHaveLength(18)
  })

  test('shows each class equally often over full cycles, and each sample of a class in turn', () => {
    fc.assert(
      fc.property(labelLists(4), fc.nat(), (lists, seed) => {
        // Four samples that carry one class each, so that no class is empty; classes stay recognisable by their draws.
        const pool = [...lists, [0], [1], [2], [3]]
        const sampler = classAwareSampler({ labels: pool, seed, samplesPerClass: 2, reduce: 0.25 })
        const shown = [...sampler, ...sampler]
        for (let cycle = 0; cycle + 8 <= shown.length; cycle += 8) {
          const draws = [0, 2, 4, 6].map((start) => shown.slice(cycle + start, cycle + start + 2))
          // Some assignment of the four draws to the four classes must fit: each class is drawn once a cycle.
          const fits = permutations([0, 1, 2, 3]).some((order) =>
            order.every((index, position) => draws[position]!.every((sample) => pool[sample]!.includes(index))),
          )
          expect(fits).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('goes through the samples of a class before one comes again', () => {
    const sampler = classAwareSampler({ labels: [[0], [0], [0], [0], [1]], seed: 3, samplesPerClass: 1, reduce: 1 })
    const ofClass0 = [...sampler].filter((sample) => sample < 4)
    expect(ofClass0).toHaveLength(4)
    expect([...ofClass0].sort()).toEqual([0, 1, 2, 3])
  })

  test('shows as many samples of a class in a row as it is told', () => {
    const sampler = classAwareSampler({ labels: [[0], [1], [2]], seed: 5, samplesPerClass: 4, reduce: 0.25 })
    const shown = [...sampler]
    expect(shown).toHaveLength(12)
    expect([0, 4, 8].map((start) => new Set(shown.slice(start, start + 4)).size)).toEqual([1, 1, 1])
    expect(new Set(shown).size).toBe(3)
  })

  test('goes on in the next epoch where the last one stopped', () => {
    const options = { labels, seed: 9 }
    const short = classAwareSampler(options)
    const long = classAwareSampler({ ...options, reduce: 1 })
    expect([...short, ...short, ...short]).toEqual([...long].slice(0, 15))
  })

  test('is the same for the same seed and another for another', () => {
    const draw = (seed: number): number[] => [...classAwareSampler({ labels, seed, reduce: 0.1 })]
    expect(draw(4)).toEqual(draw(4))
    expect(draw(4)).not.toEqual(draw(5))
  })

  test('does not draw a sample for a class that is unknown there', () => {
    const data = [1, -1, 1, -1, 0, 1]
    const shown = [...classAwareSampler({ labels: { data, classCount: 2 }, seed: 1, samplesPerClass: 1, reduce: 0.1 })]
    expect(shown.filter((sample) => sample === 2)).toHaveLength(shown.length / 2)
  })

  test.each([
    [{ labels: [[0], [2]] }, 'labels', 'class 1 has no sample'],
    [{ labels: [[1]], classCount: 4 }, 'labels', 'classes 0, 2, 3 have no sample'],
    [
      { labels: { data: [1, 0.5], classCount: 2 } },
      'labels',
      'labels[0, 1] is 0.5; class-aware sampling needs 0, 1 or −1',
    ],
    [{ labels, samplesPerClass: 0 }, 'argument', 'samplesPerClass is 0; expected an integer at least 1'],
    [{ labels, reduce: 0 }, 'argument', 'reduce is 0; expected a number above 0'],
    [{ labels, seed: -1 }, 'argument', 'seed is -1'],
    [{ labels: [] }, 'shape', 'labels has no samples'],
  ])('refuses %j', (options, code, message) => {
    expect(() => classAwareSampler({ seed: 1, ...options })).toThrow(
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
    )
  })
})

describe('uniformSampler', () => {
  test('shows every sample once an epoch, in another order each time', () => {
    const sampler = uniformSampler({ sampleCount: 50, seed: 1 })
    const epochs = [[...sampler], [...sampler]] as const
    const all = [...new Array(50).keys()]
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual(all)
    expect(epochs[0]).not.toEqual(epochs[1])
    expect(epochs[0]).not.toEqual(all)
    expect([...uniformSampler({ sampleCount: 50, seed: 1 })]).toEqual(epochs[0])
  })

  test('refuses an empty data set', () => {
    expect(() => uniformSampler({ sampleCount: 0, seed: 1 })).toThrow(
      'sampleCount is 0; expected an integer at least 1',
    )
  })
})

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
