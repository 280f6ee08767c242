import { join } from 'node:path'
import { presets } from '@dbloss/core'
import type { Recipe } from './recipe.ts'
import { recipeImages } from './recipe-images.ts'

const voc2012 = 'VOCtrainval_11-May-2012.tar of http://host.robots.ox.ac.uk/pascal/VOC/voc2012/'
const voc2007 = 'VOCtest_06-Nov-2007.tar of http://host.robots.ox.ac.uk/pascal/VOC/voc2007/'

/**
 * VOC-MLT (Wu et al., ECCV 2020): drawn from the training and validation images of VOC 2012, measured on the test images of VOC
 * 2007. Difficult objects give their label, as in the released code and in the published class counts.
 */
export const vocMlt: Recipe = {
  title: 'VOC-MLT',
  pool: 'VOC 2012 trainval',
  test: 'VOC 2007 test',
  max: 800,
  released: { pictures: 1142, head: 6, medium: 6, tail: 8 },
  preset: presets.vocMlt,
  published: {
    erm: { all: 0.7086 },
    resampling: { all: 0.7538 },
    cbFocal: { all: 0.7524 },
    db: { all: 0.7865 },
    dbFocal: { all: 0.7894, head: 0.7322, medium: 0.8418, tail: 0.793 },
  },
  required: [
    { anyOf: ['VOC2012/ImageSets/Main/trainval.txt'], download: voc2012 },
    { anyOf: ['VOC2012/Annotations'], download: voc2012 },
    { anyOf: ['VOC2012/JPEGImages'], download: voc2012 },
    { anyOf: ['VOC2007/ImageSets/Main/test.txt'], download: voc2007 },
    { anyOf: ['VOC2007/Annotations'], download: voc2007 },
    { anyOf: ['VOC2007/JPEGImages'], download: voc2007 },
  ],
  async read(folder) {
    const { readPascalVoc } = await import('@dbloss/transformers')
    const read = (year: string, list: string) =>
      readPascalVoc(join(folder, year), { difficult: 'include', lists: { train: list } })
    return recipeImages(await read('VOC2012', 'trainval'), await read('VOC2007', 'test'))
  },
}
