import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { poolerModel, writeModel } from '../../transformers/test/support/models.ts'
import { type Colour, cycle, writePictures } from '../../transformers/test/support/pictures.ts'
import { dbloss } from './collect.ts'

const labelSets: readonly (readonly Colour[])[] = [['red'], ['green'], ['red', 'blue'], [], ['blue']]

/** A folder with small pictures in `photos/`, in three splits, and a backbone of random weights in `backbone/`. */
export async function picturesAndBackbone(): Promise<{ root: string; photos: string; backbone: string }> {
  const root = temporaryFolder()
  const photos = join(root, 'photos')
  await writePictures(join(photos, 'train'), cycle(30, labelSets))
  await writePictures(join(photos, 'validation'), cycle(10, labelSets))
  await writePictures(join(photos, 'test'), cycle(15, labelSets))
  return { root, photos, backbone: writeModel(join(root, 'backbone'), poolerModel()) }
}

/** The same, with a model in `model/` that was trained on them. */
export async function trainedModel() {
  const set = await picturesAndBackbone()
  const model = join(set.root, 'model')
  const results = join(set.root, 'results.json')
  const argv = ['train', set.photos, '--model', set.backbone, '--output', model, '--results', results]
  const trained = await dbloss([...argv, '--epochs', '60', '--learning-rate', '0.05', '--batch-size', '16'])
  if (trained.code !== 0) throw new Error(trained.stderr)
  return { ...set, model, results }
}

/** Overwrites a picture with something that is none. */
export function spoil(file: string): string {
  writeFileSync(file, 'no picture')
  return file
}
