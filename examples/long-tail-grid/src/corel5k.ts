import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { transformersRuntime } from '@dbloss/transformers'
import { type Cell, runGrid, type Samples } from './grid.ts'

const settings = { epochs: 30, batchSize: 128, learningRate: 1e-2, weightDecay: 1e-2, seed: 0 }

/** A file of the tabular data sets: binary features as the indices of the ones. */
interface TabularFile {
  readonly nFeatures: number
  readonly X: { readonly indices: readonly (readonly number[])[] }
  readonly Y: readonly (readonly number[])[]
}

/**
 * Corel 5k: keywords of photographs, from 1 to about 1000 photographs each, on 499 binary features, which are taken as they
 * are. Of the 374 keywords the 3 that no training photograph has are left out.
 */
export async function corel5kGrid(realData: string, onProgress: (text: string) => void): Promise<Cell[]> {
  const [train, test] = [await readTabular(realData, 'train'), await readTabular(realData, 'test')]
  const keywords = [...new Set(train.Y.flat())].sort((a, b) => a - b)
  onProgress(`training on the ${train.Y.length} photographs of Corel 5k with ${keywords.length} keywords`)
  return runGrid(await transformersRuntime(), {
    training: toSamples(train, keywords),
    test: toSamples(test, keywords),
    classCount: keywords.length,
    featureScaling: 'none',
    settings,
  })
}

async function readTabular(realData: string, split: string): Promise<TabularFile> {
  const file = join(realData, 'tabular/corel5k', `${split}.json.gz`)
  return JSON.parse(gunzipSync(await readFile(file)).toString('utf8')) as TabularFile
}

function toSamples({ nFeatures, X, Y }: TabularFile, keywords: readonly number[]): Samples {
  const features = new Float32Array(Y.length * nFeatures)
  X.indices.forEach((ones, row) => {
    for (const feature of ones) features[row * nFeatures + feature] = 1
  })
  const classOf = new Map(keywords.map((keyword, index) => [keyword, index]))
  return { features, labels: Y.map((row) => row.flatMap((keyword) => classOf.get(keyword) ?? [])) }
}
