import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { TrainingSettings } from '@dbloss/transformers'
import type { Samples } from './grid.ts'

/** How heads are trained on the tabular data sets. */
export const tabularSettings = {
  epochs: 30,
  batchSize: 128,
  learningRate: 1e-2,
  weightDecay: 1e-2,
  seed: 0,
} as const satisfies TrainingSettings

/** A tabular data set with the classes that occur in training. */
export interface TabularData {
  readonly training: Samples
  readonly test: Samples
  readonly classCount: number
}

/** A file of the tabular data sets: binary features as the indices of the ones. */
interface TabularFile {
  readonly nFeatures: number
  readonly X: { readonly indices: readonly (readonly number[])[] }
  readonly Y: readonly (readonly number[])[]
}

/**
 * `corel5k`: keywords of photographs, from 1 to about 1000 photographs each, on 499 binary features; `bibtex`: tags of
 * bibliography entries on 1,836. Features are taken as they are. Classes that no training sample has are left out (3 of the 374
 * keywords of Corel 5k).
 */
export async function readTabular(realData: string, name: 'corel5k' | 'bibtex'): Promise<TabularData> {
  const read = async (split: string): Promise<TabularFile> => {
    const file = join(realData, 'tabular', name, `${split}.json.gz`)
    return JSON.parse(gunzipSync(await readFile(file)).toString('utf8')) as TabularFile
  }
  const [train, test] = [await read('train'), await read('test')]
  const classes = [...new Set(train.Y.flat())].sort((a, b) => a - b)
  return { training: toSamples(train, classes), test: toSamples(test, classes), classCount: classes.length }
}

function toSamples({ nFeatures, X, Y }: TabularFile, classes: readonly number[]): Samples {
  const features = new Float32Array(Y.length * nFeatures)
  X.indices.forEach((ones, row) => {
    for (const feature of ones) features[row * nFeatures + feature] = 1
  })
  const indexOf = new Map(classes.map((label, index) => [label, index]))
  return { features, labels: Y.map((row) => row.flatMap((label) => indexOf.get(label) ?? [])) }
}
