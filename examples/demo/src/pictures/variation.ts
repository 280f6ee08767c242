import type { Random } from '@dbloss/core'

type Range = readonly [from: number, to: number]

/** A number from a range, with two digits after the point. */
export function between(random: Random, from: number, to: number): number {
  return Math.round((from + random.next() * (to - from)) * 100) / 100
}

/** One of the items. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.integer(items.length)]!
}

/** A CSS colour from ranges of hue in degrees, and of saturation and lightness in percent. */
export function colour(random: Random, hue: Range, saturation: Range, lightness: Range): string {
  const [h, s, l] = [hue, saturation, lightness].map(([from, to]) => between(random, from, to))
  return `hsl(${((h! % 360) + 360) % 360}, ${s}%, ${l}%)`
}
