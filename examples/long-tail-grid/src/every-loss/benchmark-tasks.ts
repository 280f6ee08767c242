import type { Task } from '../grid.ts'
import { photographFeatures, photographTask } from '../photographs.ts'
import { subsetSeeds } from '../subsets.ts'
import { readTabular, tabularSettings } from '../tabular.ts'

/** A data set of the benchmark: one training set, or several whose results are averaged. */
export interface BenchmarkTask {
  readonly name: string
  readonly title: string
  readonly runs: readonly Task[]
}

/** The data sets, one after the other: reading them takes memory. */
export async function* benchmarkTasks(
  realData: string,
  onProgress: (text: string) => void,
): AsyncGenerator<BenchmarkTask> {
  const tabular = async (name: 'corel5k' | 'bibtex', title: string, epochs: number): Promise<BenchmarkTask> => {
    const data = await readTabular(realData, name)
    return { name, title, runs: [{ ...data, featureScaling: 'none', settings: { ...tabularSettings, epochs } }] }
  }
  yield await tabular(
    'corel5k',
    'Corel 5k: 4,500 photographs, 371 keywords, n from 1 to 1004, 499 binary features; 30 epochs',
    30,
  )
  yield await tabular('bibtex', 'bibtex: 4,880 entries, 159 tags, n from 33, 1,836 binary features; 10 epochs', 10)
  const photographs = await photographFeatures(realData, onProgress)
  yield {
    name: 'scenes',
    title: 'Scenes: about 290 photographs, 5 labels, n from 10 to 280, mean over three subsets; 40 epochs',
    runs: subsetSeeds.map((seed) => photographTask(photographs, seed, 'rms')),
  }
}
