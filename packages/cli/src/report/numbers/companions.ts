import { conditionalProbabilities, coOccurringPairs, labelStatistics } from '@dbloss/core'
import type { Predictions } from '@dbloss/transformers'

/** Which classes come together. */
export interface Companions {
  /** The training pictures, or, where the file has none, those with logits. */
  readonly source: 'train' | 'scored'
  readonly pictureCount: number
  /** The most frequent classes, most frequent first. */
  readonly classes: readonly number[]
  /** `probabilities[i][j]`: the share of the pictures with `classes[j]` that carry `classes[i]` too. */
  readonly probabilities: readonly (readonly number[])[]
  /** The pairs that come together most, among all classes. */
  readonly pairs: readonly { readonly classes: readonly [number, number]; readonly count: number }[]
}

/** Counts which of the most frequent classes come together. */
export function companionsOf(
  { classNames, classCounts, training, scored }: Predictions,
  { limit, pairs }: { readonly limit: number; readonly pairs: number },
): Companions {
  const source = training.length > 0 ? 'train' : 'scored'
  const labels = (source === 'train' ? training : scored).map((picture) => picture.labels)
  const classes = [...classNames.keys()].sort((a, b) => classCounts[b]! - classCounts[a]! || a - b).slice(0, limit)
  const placeOf = new Map(classes.map((index, place) => [index, place]))
  const shown = labels.map((row) => row.flatMap((index) => placeOf.get(index) ?? []))
  return {
    source,
    pictureCount: labels.length,
    classes,
    probabilities: conditionalProbabilities(labelStatistics(shown, { classCount: classes.length })),
    pairs: coOccurringPairs(labelStatistics(labels, { classCount: classNames.length }), { limit: pairs }),
  }
}
