import { DblossError } from '@dbloss/core'
import type { Dataset, ImageItem } from '@dbloss/transformers'
import type { RecipeImages } from './recipe.ts'

/**
 * The images of two data sets with the classes of the first.
 *
 * @throws DblossError `data` for test images with labels that the pool does not know.
 */
export function recipeImages(pool: Dataset, test: Dataset): RecipeImages {
  const { classNames } = pool
  const indices = test.classNames.map((name) => {
    const index = classNames.indexOf(name)
    if (index >= 0) return index
    throw new DblossError('data', `the test images have the label '${name}', which is none of the pool's`, {
      argument: 'images',
      found: name,
      expected: classNames.join(', '),
    })
  })
  const translated = test.splits.train.map((item) => ({
    ...item,
    labels: item.labels.map((label) => indices[label]!).sort((a, b) => a - b),
  }))
  return { classNames, pool: sorted(pool.splits.train), test: sorted(translated) }
}

/** By length and then by letters, which orders numbers too. */
function sorted(items: readonly ImageItem[]): ImageItem[] {
  const idOf = ({ id, path }: ImageItem) => id ?? path
  return [...items].sort((a, b) => idOf(a).length - idOf(b).length || (idOf(a) < idOf(b) ? -1 : 1))
}
