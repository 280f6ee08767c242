/**
 * M_n(s), the mean of 1/(s + k) where k is the number of heads in n throws of a fair coin, for one n and s = 1…count at the
 * indices 0…count − 1.
 *
 * Pascal's rule `M_n(s) = ½ M_{n−1}(s) + ½ M_{n−1}(s + 1)` and `s M_n(s) + (n/2) M_{n−1}(s + 1) = 1`, which says that
 * s/(s + k) and k/(s + k) sum up to 1, give `M_n(s + 1) = (2 − s M_n(s)) / (s + n + 1)`. An error shrinks at every step.
 */
export function meanReciprocals(n: number, count: number): Float64Array {
  const means = new Float64Array(count)
  means[0] = fromOne(n)
  for (let s = 1; s < count; s++) means[s] = (2 - s * means[s - 1]!) / (s + n + 1)
  return means
}

/**
 * M_{C−s}(s) for s = 1…C at the indices 0…C − 1, by `s M_n(s) + (n/2) M_{n−1}(s + 1) = 1`. Up to C/3 errors shrink forwards,
 * from there on backwards.
 */
export function diagonalMeanReciprocals(classCount: number): Float64Array {
  const means = new Float64Array(classCount)
  const third = Math.floor(classCount / 3)
  means[0] = fromOne(classCount - 1)
  for (let s = 1; s < third; s++) means[s] = (2 * (1 - s * means[s - 1]!)) / (classCount - s)
  means[classCount - 1] = 1 / classCount
  for (let s = classCount - 1; s > third; s--) {
    means[s - 1] = (1 - 0.5 * (classCount - s) * means[s]!) / s
  }
  return means
}

/** M_n(1) = (2 − 2^−n) / (n + 1) */
const fromOne = (n: number): number => (2 - 0.5 ** n) / (n + 1)
