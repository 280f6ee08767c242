import type { Random } from '@dbloss/core'

/** Small pieces of pictures, one a row: [count, length]. */
export interface Patches {
  readonly data: Float64Array
  readonly count: number
  readonly length: number
}

/** Linear filters: the answer to a patch p is `weights · p + bias`. */
export interface Filters {
  /** [count, length] */
  readonly weights: Float64Array
  /** [count] */
  readonly bias: Float64Array
  readonly count: number
}

/** Keeps the covariance away from singular: neighbouring pixels are nearly equal. */
const ridge = 0.01

/**
 * Filters that each look for one of the patches, made without any labels: `w = Σ⁻¹ (p − μ)`, with the mean μ and the
 * covariance Σ of all patches, scaled so that answers have mean 0 and variance 1 over the patches. What is common
 * everywhere is thereby discounted (Hariharan, Malik, Ramanan, "Discriminative decorrelation", ECCV 2012). Patches that
 * stand out less than half of the others are not taken: most of them show plain background.
 */
export function matchedFilters(patches: Patches, count: number, random: Random): Filters {
  const { length } = patches
  const { mean, covariance } = moments(patches)
  const solve = choleskySolver(covariance, length)
  const candidates = Array.from({ length: 2 * count }, () => {
    const row = random.integer(patches.count)
    const centred = mean.map((value, index) => patches.data[row * length + index]! - value)
    const direction = solve(centred)
    return { direction, distance: Math.sqrt(dot(direction, centred)) }
  })
  const chosen = candidates.sort((a, b) => b.distance - a.distance).slice(0, count)
  const weights = new Float64Array(count * length)
  const bias = new Float64Array(count)
  chosen.forEach(({ direction, distance }, filter) => {
    const weight = direction.map((value) => value / distance)
    weights.set(weight, filter * length)
    bias[filter] = -dot(weight, mean)
  })
  return { weights, bias, count }
}

function moments({ data, count, length }: Patches): { mean: Float64Array; covariance: Float64Array } {
  const mean = new Float64Array(length)
  for (let index = 0; index < data.length; index++) mean[index % length]! += data[index]! / count
  const covariance = new Float64Array(length * length)
  const centred = new Float64Array(length)
  for (let patch = 0; patch < count; patch++) {
    for (let index = 0; index < length; index++) centred[index] = data[patch * length + index]! - mean[index]!
    for (let row = 0; row < length; row++) {
      const value = centred[row]! / count
      for (let column = 0; column <= row; column++) covariance[row * length + column]! += value * centred[column]!
    }
  }
  for (let row = 0; row < length; row++) covariance[row * length + row]! += ridge
  return { mean, covariance }
}

/** Solves `A x = b` for a positive definite A, of which the lower half is read: `A = L Lᵀ`, then two substitutions. */
function choleskySolver(matrix: Float64Array, size: number): (right: Float64Array) => Float64Array {
  const lower = matrix.slice()
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = lower[row * size + column]!
      for (let k = 0; k < column; k++) sum -= lower[row * size + k]! * lower[column * size + k]!
      lower[row * size + column] = row === column ? Math.sqrt(sum) : sum / lower[column * size + column]!
    }
  }
  return (right) => {
    const solution = right.slice()
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < row; k++) solution[row]! -= lower[row * size + k]! * solution[k]!
      solution[row]! /= lower[row * size + row]!
    }
    for (let row = size - 1; row >= 0; row--) {
      for (let k = row + 1; k < size; k++) solution[row]! -= lower[k * size + row]! * solution[k]!
      solution[row]! /= lower[row * size + row]!
    }
    return solution
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}
