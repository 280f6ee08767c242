import type { LossName } from '@dbloss/core'
import { transformersRuntime } from '@dbloss/transformers'
import { type Cell, runGrid } from './grid.ts'
import { readTabular, tabularSettings } from './tabular.ts'

/** Losses and samplers on Corel 5k. */
export async function corel5kGrid(
  realData: string,
  losses: readonly LossName[],
  onProgress: (text: string) => void,
): Promise<Cell[]> {
  const { training, test, classCount } = await readTabular(realData, 'corel5k')
  onProgress(`training on the ${training.labels.length} photographs of Corel 5k with ${classCount} keywords`)
  const task = { training, test, classCount, featureScaling: 'none', settings: tabularSettings } as const
  return runGrid(await transformersRuntime(), task, losses)
}
