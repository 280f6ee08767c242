/** Terms this far below the largest are left out: what they stand for is at most n times as large as the rest. */
const NEGLIGIBLE = 1e-40

/**
 * The mean of 1/(shift + k) where k is the number of heads in n throws of a fair coin; shift > 0.
 *
 * Counts outwards from the most likely k, of which there are a few times √n, because 2^−n has no float64 for large n.
 */
export function meanReciprocal(n: number, shift: number): number {
  const middle = Math.floor(n / 2)
  let total = 1
  let sum = 1 / (shift + middle)
  const add = (weight: number, k: number): void => {
    total += weight
    sum += weight / (shift + k)
  }
  for (let k = middle, weight = 1; k > 0 && weight > NEGLIGIBLE; k--) {
    weight *= k / (n - k + 1)
    add(weight, k - 1)
  }
  for (let k = middle, weight = 1; k < n && weight > NEGLIGIBLE; k++) {
    weight *= (n - k) / (k + 1)
    add(weight, k + 1)
  }
  return sum / total
}
