import { resolve } from 'node:path'
import { DblossError, type LabelStatistics, labelStatistics } from '@dbloss/core'
import type { ImageItem } from '@dbloss/transformers'
import { splitsOfClasses } from '../class-splits.ts'
import { publishedRuns } from './published-runs.ts'
import type { RecipeImages } from './recipe.ts'
import { type RecipeName, recipes } from './recipes.ts'

/** How the training pictures are chosen from the pool. */
export interface TrainingChoice {
  readonly images: string
  readonly list?: string
  readonly seed: number
}

/**
 * The label counts of the training pictures.
 *
 * @throws DblossError `data` for labels without a training picture.
 */
export function trainingStatistics(
  { classNames }: Pick<RecipeImages, 'classNames'>,
  training: readonly ImageItem[],
): LabelStatistics {
  const labels = training.map((item) => item.labels)
  const statistics = labelStatistics(labels, { classCount: classNames.length, classNames })
  const empty = classNames.filter((_, index) => statistics.classCounts[index] === 0)
  if (empty.length === 0) return statistics
  const expected = 'at least one of each label: take another --list or --seed'
  throw new DblossError('data', `no training picture shows ${empty.join(', ')}; expected ${expected}`, {
    argument: 'list',
    found: empty,
    expected,
  })
}

/** How a recipe's folder was made, and what is in it, as plain JSON. */
export function recipeRecord(
  name: RecipeName,
  { images, list, seed }: TrainingChoice,
  read: RecipeImages,
  statistics: LabelStatistics,
) {
  const { max, released } = recipes[name]
  const splits = splitsOfClasses(statistics)
  return {
    recipe: name,
    images: resolve(images),
    training:
      list === undefined ? { drawnFrom: read.pool.length, max, min: 1, exponent: 6, seed } : { list: resolve(list) },
    pictures: { train: statistics.sampleCount, test: read.test.length },
    classes: read.classNames.map((label, index) => ({
      name: label,
      count: statistics.classCounts[index],
      split: splits[index],
    })),
    released,
    published: publishedRuns(recipes[name]),
  }
}
