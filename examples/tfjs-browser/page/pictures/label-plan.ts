import type { Random } from '@dbloss/core'

/** How many training pictures show the most frequent kind, and the rarest. */
const [most, fewest] = [300, 6]

/** At most so many things are in a picture. */
const mostThings = 3

/** How many training pictures show each kind; from one to the next it is always the same ratio. */
export function longTailedCounts(kindCount: number): number[] {
  return Array.from({ length: kindCount }, (_, rank) => Math.round(most * (fewest / most) ** (rank / (kindCount - 1))))
}

/**
 * Which kinds each training picture shows, so that every kind has exactly its count. The rarest kinds choose first, and
 * fill up their pictures with kinds of which much is left: a rare thing is mostly seen beside frequent ones, which is what
 * makes balancing multi-label sets hard.
 */
export function planLongTail(counts: readonly number[], random: Random): number[][] {
  const left = [...counts]
  const pictures: number[][] = []
  for (let rarest = counts.length - 1; rarest >= 0; rarest--) {
    while (left[rarest]! > 0) {
      const shown = [rarest]
      left[rarest]!--
      for (let more = random.integer(mostThings); more > 0; more--) {
        const companion = drawByCount(left, shown, random)
        if (companion === undefined) break
        shown.push(companion)
        left[companion]!--
      }
      pictures.push(shown)
    }
  }
  return random.shuffle(pictures)
}

/** Which kinds each test picture shows: 1 to 3 of them, and every kind equally often. */
export function planBalanced(kindCount: number, { perKind }: { perKind: number }, random: Random): number[][] {
  const left = new Array<number>(kindCount).fill(perKind)
  const pictures: number[][] = []
  for (;;) {
    const shown: number[] = []
    for (let more = 1 + random.integer(mostThings); more > 0; more--) {
      const next = drawByCount(left, shown, random)
      if (next === undefined) break
      shown.push(next)
      left[next]!--
    }
    if (shown.length === 0) return pictures
    pictures.push(shown)
  }
}

/** A kind that is not in the picture yet, the more probable the more of it is left. */
function drawByCount(left: readonly number[], shown: readonly number[], random: Random): number | undefined {
  const weights = left.map((count, index) => (shown.includes(index) ? 0 : count))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (total === 0) return undefined
  let position = random.integer(total)
  return weights.findIndex((weight) => {
    position -= weight
    return position < 0
  })
}
