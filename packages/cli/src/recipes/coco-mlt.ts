import { join } from 'node:path'
import { presets } from '@dbloss/core'
import type { Recipe } from './recipe.ts'
import { recipeImages } from './recipe-images.ts'

const site = 'of https://cocodataset.org/#download'
const annotations = `annotations_trainval2017.zip ${site}`

/**
 * COCO-MLT (Wu et al., ECCV 2020): drawn from the training images of COCO 2017, measured on its validation images. Crowds give
 * their label, as in the released code.
 */
export const cocoMlt: Recipe = {
  title: 'COCO-MLT',
  pool: 'COCO train2017',
  test: 'COCO val2017',
  max: 1200,
  released: { pictures: 1909, head: 22, medium: 33, tail: 25 },
  preset: presets.cocoMlt,
  published: {
    erm: { all: 0.4127 },
    resampling: { all: 0.4697 },
    cbFocal: { all: 0.4906 },
    db: { all: 0.5253 },
    dbFocal: { all: 0.5355, head: 0.5113, medium: 0.5705, tail: 0.5106 },
  },
  required: [
    { anyOf: ['annotations/instances_train2017.json'], download: annotations },
    { anyOf: ['annotations/instances_val2017.json'], download: annotations },
    { anyOf: ['train2017', 'images/train2017'], download: `train2017.zip ${site}` },
    { anyOf: ['val2017', 'images/val2017'], download: `val2017.zip ${site}` },
  ],
  async read(folder) {
    const { readCoco } = await import('@dbloss/transformers')
    const read = (split: string) => readCoco({ train: join(folder, `annotations/instances_${split}2017.json`) })
    return recipeImages(await read('train'), await read('val'))
  },
}
