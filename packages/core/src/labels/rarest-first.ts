import type { Random } from '../random.ts'

/** Classes by the number of their samples that are left. */
export interface RarestFirst {
  /** Takes the class with the fewest samples left, but at least one; undefined when no class has any. */
  readonly next: () => number | undefined
  /** One sample of the class is left less. */
  readonly removeSample: (index: number) => void
}

/**
 * A queue of classes, those with the fewest samples left first, equal ones in random order. Each step costs the same on
 * average, however many classes there are: buckets by count, in which outdated entries stay until they come up.
 */
export function rarestFirst(counts: readonly number[], random: Random): RarestFirst {
  const left = [...counts]
  const buckets: number[][] = []
  let fewest = 1
  const put = (index: number): void => {
    const count = left[index]!
    if (count === 0) return
    buckets[count] ??= []
    buckets[count].push(index)
    fewest = Math.min(fewest, count)
  }
  for (const index of left.keys()) put(index)
  return {
    next() {
      for (; fewest < buckets.length; fewest++) {
        const bucket = buckets[fewest] ?? []
        while (bucket.length > 0) {
          const position = random.integer(bucket.length)
          const index = bucket[position]!
          bucket[position] = bucket.at(-1)!
          bucket.pop()
          if (left[index] === fewest) return index
        }
      }
      return undefined
    },
    removeSample(index) {
      left[index]!--
      put(index)
    },
  }
}
