import { DblossError, type ScoreData } from '@dbloss/core'
import type { Predictions, ScoredPicture } from '@dbloss/transformers'

/** Pictures of one split, with what the metrics of core take. */
export interface ScoredSet {
  readonly split: ScoredPicture['split']
  readonly pictures: readonly ScoredPicture[]
  /** The classes of each picture. */
  readonly labels: readonly (readonly number[])[]
  /** The logits of each run, by name. */
  readonly scores: ReadonlyMap<string, ScoreData>
}

/** The pictures that the report measures on, and those that thresholds and temperatures can be tuned on. */
export interface ScoredSets {
  /** `test` where there are such pictures, else `validation`. */
  readonly evaluated: ScoredSet
  /** `validation`, unless it is what is measured on. */
  readonly tuning: ScoredSet | undefined
}

/**
 * Sorts the pictures by split.
 *
 * @throws DblossError `data` when no picture has logits.
 */
export function scoredSets(predictions: Predictions): ScoredSets {
  const test = scoredSet(predictions, 'test')
  const validation = scoredSet(predictions, 'validation')
  const evaluated = test ?? validation
  if (evaluated === undefined) {
    throw new DblossError('data', 'the predictions have no picture of validation or test; expected at least one', {
      argument: 'predictions',
      found: 0,
      expected: 'at least one picture with logits',
    })
  }
  return { evaluated, tuning: evaluated === test ? validation : undefined }
}

function scoredSet({ classNames, runs, scored }: Predictions, split: ScoredPicture['split']): ScoredSet | undefined {
  const pictures = scored.filter((picture) => picture.split === split)
  if (pictures.length === 0) return undefined
  const classCount = classNames.length
  const scores = runs.map(({ name }): [string, ScoreData] => {
    const data = new Float32Array(pictures.length * classCount)
    pictures.forEach(({ logits }, row) => {
      data.set(logits[name]!, row * classCount)
    })
    return [name, { data, classCount }]
  })
  return { split, pictures, labels: pictures.map(({ labels }) => labels), scores: new Map(scores) }
}
