import type { Random } from '@dbloss/core'
import { type Thing, thingNames } from './things.ts'

/** What the things of a kind are mostly seen with, and how often. */
const companions: Readonly<Record<Thing, Partial<Record<Thing, number>>>> = {
  tree: {},
  cloud: { tree: 0.45 },
  house: { tree: 0.65, cloud: 0.35 },
  flower: { tree: 0.6, house: 0.2, cloud: 0.15 },
  fence: { house: 0.6, tree: 0.45, flower: 0.35 },
  car: { house: 0.6, tree: 0.4, cloud: 0.25 },
  ball: { tree: 0.5, fence: 0.3, cloud: 0.3 },
  bird: { cloud: 0.75, tree: 0.5, fence: 0.15 },
  mushroom: { tree: 0.85, flower: 0.5 },
  boat: { cloud: 0.7, bird: 0.2, house: 0.2 },
  umbrella: { cloud: 0.6, house: 0.35, ball: 0.2 },
  butterfly: { flower: 0.85, tree: 0.5 },
  clock: { house: 0.8, tree: 0.3, car: 0.2 },
  kite: { cloud: 0.75, tree: 0.5, ball: 0.2 },
  windmill: { cloud: 0.6, house: 0.5, flower: 0.3, tree: 0.3 },
}

/** At most so many kinds of things share a picture. */
const mostThings = 4

/** How many training pictures show each kind: from 500 down to 8, each step the same ratio. */
export function trainingCounts(): number[] {
  const last = thingNames.length - 1
  return thingNames.map((_, rank) => Math.round(500 * (8 / 500) ** (rank / last)))
}

/** How many test pictures show each kind: enough of the rare ones to measure them. */
export function testCounts(): number[] {
  return trainingCounts().map((count) => Math.max(40, Math.round(count / 4)))
}

/**
 * Which things each picture shows, as lists of positions in `thingNames`, so that every kind has exactly its count.
 * Goes from the rarest kind to the most frequent: the pictures that a kind still lacks are begun with it, and its
 * companions join as long as they have not yet their own count.
 */
export function planLabels(counts: readonly number[], random: Random): number[][] {
  const left = [...counts]
  const pictures: number[][] = []
  for (let rank = thingNames.length - 1; rank >= 0; rank--) {
    const likely = Object.entries(companions[thingNames[rank]!]).map(
      ([name, probability]) => [thingNames.indexOf(name as Thing), probability] as const,
    )
    while (left[rank]! > 0) {
      const joining = random
        .shuffle([...likely])
        .filter(([other, probability]) => left[other]! > 0 && random.next() < probability)
        .map(([other]) => other)
      const shown = [rank, ...joining].slice(0, mostThings)
      for (const other of shown) left[other]!--
      pictures.push(shown)
    }
  }
  return random.shuffle(pictures)
}
