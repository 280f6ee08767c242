import fc from 'fast-check'
import type { LabelData } from '../../src/labels/index.ts'

/** Lists of class indices of at least one sample. */
export function labelLists(classCount: number, maxSamples = 30): fc.Arbitrary<number[][]> {
  return fc.array(fc.subarray([...new Array(classCount).keys()]), { minLength: 1, maxLength: maxSamples })
}

/** Row-major 0, 1 and −1 of at least one sample. */
export function partlyKnownLabels(classCount: number, maxSamples = 30): fc.Arbitrary<LabelData> {
  const row = fc.array(fc.constantFrom(0, 0, 1, -1), { minLength: classCount, maxLength: classCount })
  return fc.array(row, { minLength: 1, maxLength: maxSamples }).map((rows) => ({ data: rows.flat(), classCount }))
}

/** The same labels as a matrix. */
export function asMatrix(lists: readonly (readonly number[])[], classCount: number): LabelData {
  return {
    data: lists.flatMap((list) => Array.from({ length: classCount }, (_, i) => (list.includes(i) ? 1 : 0))),
    classCount,
  }
}
