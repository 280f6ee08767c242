import type { Random } from '../random.ts'

/** Draws an index with given probabilities, in constant time a draw. */
export interface AliasTable {
  draw(random: Random): number
}

/**
 * The alias method: index i is kept with probability `thresholds[i]`, and otherwise stands for `aliases[i]`. Made in time
 * proportional to the number of indices; an index of probability 0 is never drawn.
 *
 * @param probabilities - they sum to 1.
 * @see Walker 1977; Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", 1991.
 */
export function aliasTable(probabilities: Float64Array): AliasTable {
  const count = probabilities.length
  const thresholds = probabilities.map((probability) => probability * count)
  const aliases = new Int32Array(count)
  const small: number[] = []
  const large: number[] = []
  thresholds.forEach((share, index) => {
    ;(share < 1 ? small : large).push(index)
  })
  while (small.length > 0 && large.length > 0) {
    const [filled, giver] = [small.pop()!, large.at(-1)!]
    aliases[filled] = giver
    thresholds[giver]! -= 1 - thresholds[filled]!
    if (thresholds[giver]! < 1) small.push(large.pop()!)
  }
  // The shares that are left sum to their number, so what rounding leaves here is almost 1.
  for (const index of small) thresholds[index] = 1
  return {
    draw(random) {
      const place = random.next() * count
      const index = Math.floor(place)
      return place - index < thresholds[index]! ? index : aliases[index]!
    },
  }
}
