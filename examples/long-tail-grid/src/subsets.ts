import type { Samples } from './grid.ts'

/** How the long-tailed subsets of the photographs are drawn: 288 to 291 of 1,500. */
export const subset = { max: 400, min: 10, exponent: 2 }
export const subsetSeeds = [0, 1, 2]

/** The samples with these numbers. */
export function takeRows({ features, labels }: Samples, rows: readonly number[], featureCount: number): Samples {
  return { features: gatherRows(features, rows, featureCount), labels: rows.map((row) => labels[row]!) }
}

/** Rows of a row-major matrix, in the order in which they are named. */
export function gatherRows(data: Float32Array, rows: readonly number[], rowLength: number): Float32Array {
  const gathered = new Float32Array(rows.length * rowLength)
  rows.forEach((row, position) => {
    gathered.set(data.subarray(row * rowLength, (row + 1) * rowLength), position * rowLength)
  })
  return gathered
}
