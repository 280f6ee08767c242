import { createRandom, DblossError } from '@dbloss/core'
import type { Dataset, ImageItem } from './dataset.ts'
import { splitNamed } from './split-names.ts'

/** The images to train on and those to measure on. */
export interface TrainingData {
  readonly training: readonly ImageItem[]
  readonly evaluation: readonly ImageItem[]
  /** Where the evaluation images come from. */
  readonly evaluatedOn: 'validation' | 'test' | 'held-out'
}

/** Options of {@link chooseEvaluation}. */
export interface EvaluationOptions {
  /** `validation` or `test`. Default: `test`, else `validation`, else a part of training is held out. */
  readonly evaluationSplit?: string
  /** The share of the training images to hold out. Default 0.2. */
  readonly heldOutShare?: number
  /** Of the hold-out. */
  readonly seed: number
}

/**
 * Decides which images are measured on. Held-out images are drawn at random, but the last training image of a class stays
 * in training, so that every class can be learned.
 *
 * @throws DblossError `argument` for an unknown split, `data` for one that the data lacks, and when nothing can be held
 * out without emptying a class.
 */
export function chooseEvaluation(dataset: Dataset, options: EvaluationOptions): TrainingData {
  const { evaluationSplit, heldOutShare = 0.2, seed } = options
  const { train, validation, test } = dataset.splits
  if (evaluationSplit !== undefined) {
    const split = splitNamed(evaluationSplit)
    if (split === undefined || split === 'train') {
      throw new DblossError('argument', `evaluationSplit is ${evaluationSplit}; expected validation or test`, {
        argument: 'evaluationSplit',
        found: evaluationSplit,
        expected: 'validation or test',
      })
    }
    const evaluation = dataset.splits[split]
    if (evaluation === undefined) {
      const found = Object.keys(dataset.splits).join(', ')
      throw new DblossError('data', `the data has no ${split} split to evaluate on; it has ${found}`, {
        argument: 'evaluationSplit',
        found: evaluationSplit,
        expected: found,
      })
    }
    return { training: train, evaluation, evaluatedOn: split }
  }
  if (test !== undefined) return { training: train, evaluation: test, evaluatedOn: 'test' }
  if (validation !== undefined) return { training: train, evaluation: validation, evaluatedOn: 'validation' }
  return { ...holdOut(train, dataset.classNames.length, heldOutShare, seed), evaluatedOn: 'held-out' }
}

function holdOut(items: readonly ImageItem[], classCount: number, share: number, seed: number) {
  const remaining = new Array<number>(classCount).fill(0)
  for (const { labels } of items) for (const index of labels) remaining[index]!++
  const wanted = Math.max(1, Math.round(share * items.length))
  const heldOut = new Set<ImageItem>()
  for (const item of createRandom(seed).shuffle([...items])) {
    if (heldOut.size === wanted) break
    if (item.labels.some((index) => remaining[index] === 1)) continue
    heldOut.add(item)
    for (const index of item.labels) remaining[index]!--
  }
  // Images without a label can always go: what is left must not be all of the training set.
  if (heldOut.size === 0 || heldOut.size === items.length) {
    throw new DblossError(
      'data',
      `none of the ${items.length} images can be held out for evaluation without emptying a class; add a test folder`,
      { argument: 'data', found: items.length, expected: 'more images, or a test folder' },
    )
  }
  return {
    training: items.filter((item) => !heldOut.has(item)),
    evaluation: items.filter((item) => heldOut.has(item)),
  }
}
