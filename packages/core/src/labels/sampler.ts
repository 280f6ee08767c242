import type { Random } from '../random.ts'

/**
 * The order in which samples are shown. Each iteration is one epoch of `epochLength` sample indices; the next iteration
 * goes on where the last one stopped.
 */
export interface Sampler extends Iterable<number> {
  /** How many samples an epoch shows. */
  readonly epochLength: number
}

/** Goes round and round over the items, in a new random order each time; the array is shuffled in place. */
export function shuffledCycle(items: number[], random: Random): () => number {
  let position = items.length
  return () => {
    if (position === items.length) {
      random.shuffle(items)
      position = 0
    }
    return items[position++]!
  }
}

/** A sampler from an endless stream of sample indices. */
export function samplerFrom(epochLength: number, nextSample: () => number): Sampler {
  return {
    epochLength,
    *[Symbol.iterator]() {
      for (let shown = 0; shown < epochLength; shown++) yield nextSample()
    },
  }
}
