import { join } from 'node:path'
import { longTailedSubset } from '@dbloss/core'
import {
  extractFeatures,
  type FeatureScaling,
  loadBackbone,
  measureStandardization,
  readImageFolder,
  type Standardization,
} from '@dbloss/transformers'
import { type Cell, meanGrid, runGrid, type Samples } from './grid.ts'
import { subset, subsetSeeds, takeRows } from './subsets.ts'

const settings = { epochs: 40, batchSize: 128, learningRate: 3e-3, weightDecay: 1e-2 }

/** The grids of the photographs, one for each way to scale the features. */
export interface PhotographGrids {
  /** Every feature to mean 0 and deviation 1, measured on all photographs that the subsets are drawn from. */
  readonly standardized: Cell[]
  /** As `fineTune` does it by default. */
  readonly byDefault: Cell[]
}

/**
 * Long-tailed subsets of natural scene photographs, the mean over three of them. The features of all photographs are
 * computed once.
 */
export async function photographGrids(realData: string, onProgress: (text: string) => void): Promise<PhotographGrids> {
  const { classNames, splits } = await readImageFolder(join(realData, 'photos/scenes'))
  const backbone = await loadBackbone(join(realData, 'models/mobilenet_v1_1.0_224_pw12'))
  const { ort, featureCount } = backbone
  try {
    const extract = async (items: typeof splits.train): Promise<Samples> => {
      onProgress(`computing the features of ${items.length} photographs`)
      const { features } = await extractFeatures(backbone, items)
      return { features, labels: items.map(({ labels }) => labels) }
    }
    const pool = await extract(splits.train)
    const test = await extract(splits.test!)
    const grid = async (featureScaling: FeatureScaling | Standardization): Promise<Cell[]> => {
      const grids: Cell[][] = []
      for (const seed of subsetSeeds) {
        const chosen = longTailedSubset({ ...subset, seed, labels: pool.labels, classCount: classNames.length })
        onProgress(`training on ${chosen.length} photographs, subset seed ${seed}`)
        const training = takeRows(pool, chosen, featureCount)
        const classCount = classNames.length
        grids.push(await runGrid(ort, { training, test, classCount, featureScaling, settings: { ...settings, seed } }))
      }
      return meanGrid(grids)
    }
    return {
      standardized: await grid(measureStandardization(pool.features, featureCount)),
      byDefault: await grid('rms'),
    }
  } finally {
    await backbone.dispose()
  }
}
