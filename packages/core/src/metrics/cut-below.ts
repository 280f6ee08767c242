/**
 * A threshold that a score is above and the next lower one is not: midway between them. Where there is no lower one, it lies
 * below the score s by max(1, |s|).
 */
export function cutBelow(score: number, lower: number | undefined): number {
  if (lower === undefined) return score - Math.max(1, Math.abs(score))
  const middle = score / 2 + lower / 2
  // Between neighbouring floats nothing lies midway: the lower one parts them, because scores must be above.
  return middle < score ? middle : lower
}
