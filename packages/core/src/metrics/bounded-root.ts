/** A function and its derivative at one place. */
export interface ValueAndSlope {
  readonly value: number
  readonly slope: number
}

/** Where to look for a root; 0 < lower ≤ start ≤ upper. */
export interface RootBounds {
  readonly lower: number
  readonly upper: number
  readonly start: number
}

/**
 * The root of a rising function by Newton's method, safeguarded: a step that leaves the bracket is replaced by the
 * bracket's geometric middle. A root outside the bounds gives the bound next to it.
 */
export function boundedRoot(f: (x: number) => ValueAndSlope, { lower, upper, start }: RootBounds): number {
  if (f(upper).value <= 0) return upper
  if (f(lower).value >= 0) return lower
  let x = start
  let below = lower
  let above = upper
  // Bisection alone needs fewer than this for all digits.
  for (let step = 0; step < 100; step++) {
    const { value, slope } = f(x)
    if (value === 0) return x
    if (value < 0) below = x
    else above = x
    const newton = x - value / slope
    const next = newton > below && newton < above ? newton : Math.sqrt(below * above)
    // Newton's error squares with every step, so the last one is far below the rounding of x.
    if (Math.abs(next - x) <= 1e-12 * x) return next
    x = next
  }
  return x
}
