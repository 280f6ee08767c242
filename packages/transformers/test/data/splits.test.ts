import { createRandom } from '@dbloss/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dataset, ImageItem } from '../../src/data/dataset.ts'
import { chooseEvaluation } from '../../src/data/evaluation-split.ts'
import { splitDataset } from '../../src/data/split-dataset.ts'

const item = (path: string, ...labels: number[]): ImageItem => ({ path, labels })
const flat = (items: readonly ImageItem[], classNames = ['a', 'b', 'c']): Dataset => ({
  classNames,
  splits: { train: items },
  withoutMetadata: [],
})

describe('the evaluation split', () => {
  test('is test, else validation, else what is asked for', () => {
    const train = [item('1', 0)]
    const validation = [item('2', 0)]
    const folder = { classNames: ['a'], withoutMetadata: [], splits: { train, validation, test: [item('3', 0)] } }
    expect(chooseEvaluation(folder, { seed: 0 })).toMatchObject({ evaluatedOn: 'test', evaluation: [{ path: '3' }] })
    expect(chooseEvaluation(folder, { seed: 0, evaluationSplit: 'val' }).evaluation).toBe(validation)
    const { test: _, ...rest } = folder.splits
    expect(chooseEvaluation({ ...folder, splits: rest }, { seed: 0 }).evaluatedOn).toBe('validation')
    expect(() => chooseEvaluation(folder, { seed: 0, evaluationSplit: 'train' })).toThrow(/expected validation or test/)
    expect(() => chooseEvaluation({ ...folder, splits: rest }, { seed: 0, evaluationSplit: 'test' })).toThrow(
      /no test split to evaluate on; it has train, validation/,
    )
  })

  test('a held-out part is seeded, a fifth, disjoint, and leaves each class in training', () => {
    const items = Array.from({ length: 50 }, (_, index) =>
      item(String(index), ...(index === 7 ? [0, 2] : index < 10 ? [0, 1] : [0])),
    )
    for (let seed = 0; seed < 20; seed++) {
      const { training, evaluation, evaluatedOn } = chooseEvaluation(flat(items), { seed })
      expect(evaluatedOn).toBe('held-out')
      expect(evaluation).toHaveLength(10)
      expect(new Set([...training, ...evaluation]).size).toBe(50)
      expect(new Set(training.flatMap(({ labels }) => labels)).size).toBe(3)
      expect(chooseEvaluation(flat(items), { seed })).toEqual({ training, evaluation, evaluatedOn })
    }
    const chosen = (seed: number) => chooseEvaluation(flat(items), { seed }).evaluation.map(({ path }) => path)
    expect(chosen(1)).not.toEqual(chosen(2))
  })

  test('nothing can be held out when each class has one image', () => {
    expect(() => chooseEvaluation(flat([item('1', 0), item('2', 1), item('3', 2)]), { seed: 0 })).toThrow(
      /none of the 3 images can be held out/,
    )
  })
})

/** A long tail: class k is on every 2^k-th image. */
function longTail(count: number, classCount: number, seed: number): Dataset {
  const random = createRandom(seed)
  const items = Array.from({ length: count }, (_, index) =>
    item(String(index), ...Array.from({ length: classCount }, (_, k) => k).filter((k) => random.integer(2 ** k) === 0)),
  )
  return flat(
    items,
    Array.from({ length: classCount }, (_, k) => `class ${k}`),
  )
}

const countOf = (items: readonly ImageItem[] | undefined, label: number) =>
  (items ?? []).filter(({ labels }) => labels.includes(label)).length

describe('splits made by stratification', () => {
  test('spread rare classes as the shares say, where a random split would not', () => {
    const dataset = longTail(400, 6, 1)
    const { splits } = splitDataset(dataset, { validation: 0.1, test: 0.2, seed: 3 })
    expect([splits.train, splits.validation, splits.test].map((part) => part?.length)).toEqual([280, 40, 80])
    for (let label = 1; label < 6; label++) {
      const all = countOf(dataset.splits.train, label)
      // Each class alone would be met to half an image; a few images give way where classes share images.
      expect(Math.abs(countOf(splits.validation, label) - 0.1 * all)).toBeLessThan(2)
      expect(Math.abs(countOf(splits.test, label) - 0.2 * all)).toBeLessThan(2)
    }
  })

  test('are seeded, disjoint, in order, and leave each class in training', () => {
    const labels = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(labels, { minLength: 30, maxLength: 60 }), fc.nat(1000), (rows, seed) => {
        const items = rows.map((row, index) => item(String(index), ...row.sort()))
        const dataset = flat(items, ['a', 'b', 'c', 'd', 'e'])
        const made = splitDataset(dataset, { validation: 0.2, test: 0.2, seed })
        const parts = Object.values(made.splits)
        for (const part of parts) {
          const numbers = part.map(({ path }) => Number(path))
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
        }
        expect(new Set(parts.flat())).toEqual(new Set(items))
        expect(parts.flat()).toHaveLength(items.length)
        const learned = new Set(made.splits.train.flatMap(({ labels }) => labels))
        expect(learned).toEqual(new Set(rows.flat()))
        expect(splitDataset(dataset, { validation: 0.2, test: 0.2, seed })).toEqual(made)
      }),
    )
  })

  test('keep the splits that the data has', () => {
    const dataset = { ...flat([item('1', 0), item('2', 0), item('3', 0), item('4', 0)]) }
    const given = { ...dataset, splits: { ...dataset.splits, test: [item('5', 0)] } }
    const { splits } = splitDataset(given, { validation: 0.25, seed: 0 })
    expect(splits.test).toBe(given.splits.test)
    expect(splits.validation).toHaveLength(1)
    expect(() => splitDataset(given, { test: 0.25, seed: 0 })).toThrow(/has a test split already/)
  })

  test('shares out of range are refused', () => {
    const dataset = flat([item('1', 0), item('2', 0)])
    expect(() => splitDataset(dataset, { validation: 0, seed: 0 })).toThrow(/validation is 0/)
    expect(() => splitDataset(dataset, { validation: 0.5, test: 0.5, seed: 0 })).toThrow(/share 0 for training/)
    expect(() => splitDataset(dataset, { seed: 0 })).toThrow(/share 1 for training/)
  })
})
