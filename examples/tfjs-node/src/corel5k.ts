import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Problem, Samples } from './long-tailed-data.ts'

/** A file of the tabular data sets: binary features as the indices of the ones. */
interface TabularFile {
  readonly nFeatures: number
  readonly X: { readonly indices: readonly (readonly number[])[] }
  readonly Y: readonly (readonly number[])[]
}

/** Corel 5k: keywords of photographs, from 1 to about 1000 photographs each, on 499 binary features. */
export async function corel5k(realData: string): Promise<Problem> {
  const [train, test] = [await readTabular(realData, 'train'), await readTabular(realData, 'test')]
  const keywords = [...new Set(train.Y.flat())].sort((left, right) => left - right)
  const classOf = new Map(keywords.map((keyword, index) => [keyword, index]))
  const toSamples = ({ nFeatures, X, Y }: TabularFile): Samples => {
    const features = new Float32Array(Y.length * nFeatures)
    for (const [row, ones] of X.indices.entries()) for (const at of ones) features[row * nFeatures + at] = 1
    return { features, labels: Y.map((row) => row.flatMap((keyword) => classOf.get(keyword) ?? [])) }
  }
  return {
    name: 'Corel 5k',
    training: toSamples(train),
    test: toSamples(test),
    featureCount: train.nFeatures,
    classCount: keywords.length,
  }
}

async function readTabular(realData: string, split: string): Promise<TabularFile> {
  const file = join(realData, 'tabular/corel5k', `${split}.json.gz`)
  return JSON.parse(gunzipSync(await readFile(file)).toString('utf8')) as TabularFile
}
