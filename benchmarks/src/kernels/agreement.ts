/** A value with its gradient. */
export interface Result {
  readonly value: number
  readonly gradient: ArrayLike<number>
}

/**
 * Throws unless two results of the same loss on the same batch agree: in the mean to 3e-6 of it, and in the gradient times
 * the number of elements to 3e-6 of its largest. Both are some dozen roundings of float32 (6e-8 each), and approximations of
 * exp and log1p to about 1.5e-7, which the square of the focal factor doubles.
 */
export function requireAgreement(name: string, ours: Result, theirs: Result): void {
  const tolerance = 3e-6
  const valueError = Math.abs(ours.value - theirs.value) / Math.abs(theirs.value)
  let [worst, largest] = [0, 0]
  for (let at = 0; at < theirs.gradient.length; at++) {
    worst = Math.max(worst, Math.abs(ours.gradient[at]! - theirs.gradient[at]!))
    largest = Math.max(largest, Math.abs(theirs.gradient[at]!))
  }
  if (!(valueError <= tolerance && worst <= tolerance * largest)) {
    throw new Error(`${name} disagrees: value ${ours.value} for ${theirs.value}, gradient off by ${worst / largest}`)
  }
}
