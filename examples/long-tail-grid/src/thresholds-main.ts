/**
 * What tuned thresholds are worth on photographs that they were not tuned on, by the number of validation photographs and
 * with or without shrinkage. Reads the data from the folder that DBLOSS_REAL_DATA names.
 */
import { join } from 'node:path'
import {
  iterativeStratification,
  labelStatistics,
  longTailedSubset,
  namedLoss,
  precisionRecallF1,
  tuneThresholds,
} from '@dbloss/core'
import { applyHead, extractFeatures, loadBackbone, readImageFolder, trainHead } from '@dbloss/transformers'
import Table from 'cli-table3'
import type { Samples } from './grid.ts'
import { subset, takeRows } from './subsets.ts'

const seeds = [0, 1, 2, 3, 4, 5, 6, 7]
const heads = [
  ['bce', 'uniform'],
  ['bce', 'class-aware'],
  ['db', 'uniform'],
  ['db', 'class-aware'],
] as const
/** Of the photographs that a subset leaves out; the first ones are a random sample, as the folder is in no order. */
const otherCounts = [100, 300, 900]
const shrinkages = [0, 4, 8, 16]

const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') console.log('real data not present: set DBLOSS_REAL_DATA to its folder')
else await compare(realData)

async function compare(folder: string): Promise<void> {
  const { classNames, splits } = await readImageFolder(join(folder, 'photos/scenes'))
  const classCount = classNames.length
  const backbone = await loadBackbone(join(folder, 'models/mobilenet_v1_1.0_224_pw12'))
  const { ort, featureCount } = backbone
  const samplesOf = async (items: typeof splits.train): Promise<Samples> => {
    console.error(`… computing the features of ${items.length} photographs`)
    const { features } = await extractFeatures(backbone, items)
    return { features, labels: items.map(({ labels }) => labels) }
  }
  const pool = await samplesOf(splits.train)
  const test = await samplesOf(splits.test!)
  const f1 = new Map<string, number[][]>()
  for (const seed of seeds) {
    console.error(`… subset ${seed}`)
    const chosen = longTailedSubset({ ...subset, seed, labels: pool.labels, classCount })
    const [training, held] = iterativeStratification({
      labels: chosen.map((row) => pool.labels[row]!),
      classCount,
      proportions: [0.9, 0.1],
      seed,
      exactSizes: true,
    }).map((rows) => rows.map((row) => chosen[row]!)) as [number[], number[]]
    const others = pool.labels.flatMap((_, row) => (chosen.includes(row) ? [] : [row]))
    const validations = [held, ...otherCounts.map((count) => others.slice(0, count))]
    const samples = takeRows(pool, training, featureCount)
    const statistics = labelStatistics(samples.labels, { classCount })
    for (const [name, sampler] of heads) {
      const loss = namedLoss(name, statistics)
      const { head } = await trainHead({ ort, ...samples, classCount, loss, sampler, seed })
      const scored = ({ features, labels }: Samples) => ({
        labels,
        scores: { data: applyHead(head, features), classCount },
      })
      const measured = scored(test)
      const add = (column: string, thresholds: number | readonly number[]): void => {
        const { macro, micro } = precisionRecallF1({ ...measured, thresholds })
        const key = `${name}, ${sampler}|${column}`
        f1.set(key, [...(f1.get(key) ?? []), [macro.f1, micro.f1]])
      }
      add('none', 0)
      for (const rows of validations) {
        const validation = scored(takeRows(pool, rows, featureCount))
        for (const shrinkage of shrinkages) {
          const kind = rows === held ? 'held out' : String(rows.length)
          add(`${kind}, k = ${shrinkage}`, tuneThresholds({ ...validation, shrinkage }).thresholds)
        }
      }
    }
  }
  await backbone.dispose()
  print(f1)
}

function print(f1: ReadonlyMap<string, readonly (readonly number[])[]>): void {
  const [rows, columns] = [0, 1].map((part) => [...new Set([...f1.keys()].map((key) => key.split('|')[part]!))])
  const table = new Table({ head: ['thresholds', ...rows!], style: { head: [], border: [], compact: true } })
  for (const column of columns!) {
    const cells = rows!.map((row) => {
      const values = f1.get(`${row}|${column}`)!
      const mean = (index: number) => values.reduce((sum, pair) => sum + pair[index]!, 0) / values.length
      return [0, 1].map((index) => (100 * mean(index)).toFixed(1)).join(' / ')
    })
    table.push([column, ...cells])
  }
  console.log(`Macro / micro F1 on the test photographs, mean over ${seeds.length} subsets, in percent`)
  console.log(table.toString())
}
