import { checkNumber, isDblossError, longTailedSubset } from '@dbloss/core'
import type { Dataset, ImageItem } from '../data/dataset.ts'
import { chooseEvaluation, type TrainingData } from '../data/evaluation-split.ts'
import { splitDataset } from '../data/split-dataset.ts'
import { labelsOf } from './label-lists.ts'
import type { FineTuneOptions } from './options.ts'
import type { FineTuneResult } from './result.ts'

/** The images of a fine-tuning by what they are for. */
export interface FineTuneSplits extends TrainingData {
  /** Empty for none; the evaluation images themselves where both are the validation split of the data. */
  readonly validation: readonly ImageItem[]
  readonly validatedOn: FineTuneResult['validatedOn']
  /** What was decided that the user may not expect. */
  readonly notes: readonly string[]
}

/** The share of the training images that is held out for validation, if nothing is said. */
const defaultShare = 0.1

/**
 * Decides which images are trained on, which are for validation, and which are measured on. A long-tailed subset is taken
 * before validation images are, as if there were no others.
 *
 * @throws DblossError as {@link chooseEvaluation} and {@link splitDataset}; `argument` for a share out of range, and for one of
 * data whose validation split would be left unused.
 */
export function chooseSplits(
  dataset: Dataset,
  { evaluationSplit, subset, validation: share }: FineTuneOptions,
  seed: number,
): FineTuneSplits {
  if (share !== undefined) checkNumber('validation', share, { minimum: 0, below: 1 })
  const chosen = chooseEvaluation(dataset, { seed, ...(evaluationSplit === undefined ? {} : { evaluationSplit }) })
  const training = subset === undefined ? chosen.training : subsetOf(chosen.training, dataset, subset)
  const { evaluation, evaluatedOn } = chosen
  const split = dataset.splits.validation
  const without = { training, evaluation, evaluatedOn, validation: [], validatedOn: 'none' as const, notes: [] }
  if (share === 0) return without
  if (share === undefined && split !== undefined) return { ...without, validation: split, validatedOn: 'validation' }
  const own = split === undefined || evaluatedOn === 'validation' ? {} : { validation: split }
  try {
    const held = splitDataset(
      { ...dataset, splits: { train: training, ...own } },
      { validation: share ?? defaultShare, seed },
    ).splits
    return { ...without, training: held.train, validation: held.validation!, validatedOn: 'held-out' }
  } catch (error) {
    if (share !== undefined || !isDblossError(error) || error.code !== 'data') throw error
    return { ...without, notes: [`there are no validation images: ${error.message}`] }
  }
}

function subsetOf(
  training: readonly ImageItem[],
  { classNames }: Dataset,
  subset: NonNullable<FineTuneOptions['subset']>,
): readonly ImageItem[] {
  const indices = longTailedSubset({ ...subset, labels: labelsOf(training), classCount: classNames.length })
  return indices.map((index) => training[index]!)
}
