import { join } from 'node:path'
import { type LossName, longTailedSubset } from '@dbloss/core'
import { extractFeatures, loadBackbone, readImageFolder, transformersRuntime } from '@dbloss/transformers'
import { type Cell, meanGrid, runGrid, type Samples, type Task } from './grid.ts'
import { subset, subsetSeeds, takeRows } from './subsets.ts'

const settings = { epochs: 40, batchSize: 128, learningRate: 3e-3, weightDecay: 1e-2 }

/** Natural scene photographs as the features of a frozen backbone. */
export interface PhotographFeatures {
  /** What the subsets are drawn from. */
  readonly pool: Samples
  readonly test: Samples
  readonly classCount: number
  readonly featureCount: number
}

/** Computes the features of all photographs, once. */
export async function photographFeatures(
  realData: string,
  onProgress: (text: string) => void,
): Promise<PhotographFeatures> {
  const { classNames, splits } = await readImageFolder(join(realData, 'photos/scenes'))
  const backbone = await loadBackbone(join(realData, 'models/mobilenet_v1_1.0_224_pw12'))
  try {
    const extract = async (items: typeof splits.train): Promise<Samples> => {
      onProgress(`computing the features of ${items.length} photographs`)
      const { features } = await extractFeatures(backbone, items)
      return { features, labels: items.map(({ labels }) => labels) }
    }
    const [pool, test] = [await extract(splits.train), await extract(splits.test!)]
    return { pool, test, classCount: classNames.length, featureCount: backbone.featureCount }
  } finally {
    await backbone.dispose()
  }
}

/** A long-tailed subset of the photographs, with the test photographs. */
export function photographTask(
  { pool, test, classCount, featureCount }: PhotographFeatures,
  seed: number,
  featureScaling: Task['featureScaling'],
): Task {
  const chosen = longTailedSubset({ ...subset, seed, labels: pool.labels, classCount })
  const training = takeRows(pool, chosen, featureCount)
  return { training, test, classCount, featureScaling, settings: { ...settings, seed } }
}

/** The grid of the photographs, the mean over three long-tailed subsets of them. */
export async function photographGrid(
  photographs: PhotographFeatures,
  featureScaling: Task['featureScaling'],
  losses: readonly LossName[],
  onProgress: (text: string) => void,
): Promise<Cell[]> {
  const ort = await transformersRuntime()
  const grids: Cell[][] = []
  for (const seed of subsetSeeds) {
    const task = photographTask(photographs, seed, featureScaling)
    onProgress(`training on ${task.training.labels.length} photographs, subset seed ${seed}`)
    grids.push(await runGrid(ort, task, losses))
  }
  return meanGrid(grids)
}
