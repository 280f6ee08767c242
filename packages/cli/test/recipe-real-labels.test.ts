import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labelStatistics, splitClasses } from '@dbloss/core'
import type { ImageItem } from '@dbloss/transformers'
import { expect, test } from 'vitest'
import { describeRealData } from '../../../test-support/real-data.ts'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import type { RecipeImages } from '../src/recipes/recipe.ts'
import { recipes } from '../src/recipes/recipes.ts'
import { drawnImages, listedImages } from '../src/recipes/training-set.ts'

interface LabelFile {
  readonly classes: readonly string[]
  readonly class_freq: readonly number[]
  readonly image_ids: readonly string[]
  readonly positives: readonly (readonly number[])[]
  readonly split: { readonly head: number[]; readonly middle: number[]; readonly tail: number[] }
}

/** The images of a label file, as a recipe reads a pool. */
function imagesOf({ classes, image_ids, positives }: LabelFile): RecipeImages {
  const pool = image_ids.map((id, index): ImageItem => ({ path: `${id}.jpg`, id, labels: positives[index]! }))
  return { classNames: classes, pool, test: [] }
}

const statisticsOf = (images: readonly ImageItem[], classCount: number) =>
  labelStatistics(
    images.map(({ labels }) => labels),
    { classCount },
  )

describeRealData('the training sets of the paper', ({ load }) => {
  const read = (name: string): LabelFile => JSON.parse(load(`labels/${name}.json.gz`))

  // The pool of COCO-MLT is not there: its list is looked up in its own labels.
  test.each([
    ['voc-mlt', 'voc2012.trainval', 'voc-mlt.train'],
    ['coco-mlt', 'coco-mlt.train', 'coco-mlt.train'],
  ] as const)('%s by the released list has its pictures, counts and splits', async (name, pool, released) => {
    const { image_ids, class_freq, split } = read(released)
    const list = join(temporaryFolder(), 'img_id.txt')
    writeFileSync(list, `${image_ids.join('\n')}\n`)
    const training = await listedImages(imagesOf(read(pool)), recipes[name], list)
    const statistics = statisticsOf(training, class_freq.length)
    const { head, medium, tail } = splitClasses(statistics)
    expect(statistics.classCounts).toEqual(class_freq)
    expect({ head, middle: medium, tail }).toEqual(split)
    const sizes = { pictures: training.length, head: head.length, medium: medium.length, tail: tail.length }
    expect(sizes).toEqual(recipes[name].released)
  })

  test('VOC-MLT drawn anew is like the released list', () => {
    const pool = imagesOf(read('voc2012.trainval'))
    const { class_freq, split } = read('voc-mlt.train')
    for (const seed of [0, 1, 2, 3, 4]) {
      const training = drawnImages(pool, recipes['voc-mlt'], seed)
      const statistics = statisticsOf(training, 20)
      // Ten seeds gave 1125 to 1177 pictures, and counts of 0.86 to 1.15 times the released ones.
      expect(Math.abs(training.length - 1142)).toBeLessThan(40)
      for (const [index, count] of statistics.classCounts.entries()) {
        expect(Math.abs(count - class_freq[index]!)).toBeLessThanOrEqual(Math.max(3, 0.16 * class_freq[index]!))
      }
      // The default seed has the paper's splits; in some others pottedplant, with its 100 pictures, falls out of the head.
      const { head, medium, tail } = splitClasses(statistics)
      if (seed === 1) expect({ head, middle: medium, tail }).toEqual(split)
      expect(tail).toEqual(split.tail)
    }
  })
})
