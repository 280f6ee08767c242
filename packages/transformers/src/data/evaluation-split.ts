import { DblossError } from '@dbloss/core'
import type { Dataset, ImageItem } from './dataset.ts'
import { splitDataset } from './split-dataset.ts'
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
 * Decides which images are measured on. Held-out images are those that {@link splitDataset} chooses.
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
  const held = splitDataset(dataset, { validation: heldOutShare, seed }).splits
  return { training: held.train, evaluation: held.validation ?? [], evaluatedOn: 'held-out' }
}
