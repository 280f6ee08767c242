import { binaryCrossEntropy, distributionBalancedLoss, type LongTailMetrics, labelStatistics } from '@dbloss/core'
import Table from 'cli-table3'
import type { Problem } from './long-tailed-data.ts'
import { type Sampling, type Settings, type Start, trainAndMeasure } from './train.ts'

const samplings: readonly Sampling[] = ['uniform', 'class-aware']

/** Tail mAP of DB divided by that of BCE. */
export interface TailRatio {
  readonly start: Start
  readonly sampling: Sampling
  readonly ratio: number
}

/** Trains BCE and DB from each start under both samplers, prints mAP, and gives how the tails compare. */
export async function compare(
  problem: Problem,
  starts: readonly Start[],
  settings: Omit<Settings, 'sampling' | 'start'>,
): Promise<TailRatio[]> {
  const { training, classCount, name } = problem
  const statistics = labelStatistics(training.labels, { classCount })
  const bce = binaryCrossEntropy()
  const db = distributionBalancedLoss(statistics, { gamma: 0 })
  const table = new Table({
    head: ['bias starts at', 'sampler', 'loss', 'mAP', 'head', 'medium', 'tail', 'seconds'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
  })
  const ratios: TailRatio[] = []
  for (const start of starts) {
    for (const sampling of samplings) {
      const tails: number[] = []
      for (const [title, loss] of [['BCE', bce] as const, ['DB', db] as const]) {
        console.error(`… ${name}: ${title}, ${sampling}, bias from ${start}`)
        const started = Date.now()
        const { map } = await trainAndMeasure(problem, statistics, loss, { ...settings, sampling, start })
        tails.push(map.tail)
        table.push([start, sampling, title, ...percentages(map), ((Date.now() - started) / 1000).toFixed(1)])
      }
      ratios.push({ start, sampling, ratio: tails[1]! / tails[0]! })
    }
  }
  const counts = [...statistics.classCounts].sort((left, right) => right - left)
  console.log(`\n${name}: ${training.labels.length} samples, n from ${counts[0]} down to ${counts.at(-1)}`)
  console.log(table.toString())
  return ratios
}

function percentages({ all, head, medium, tail }: LongTailMetrics['map']): string[] {
  return [all, head, medium, tail].map((value) => (100 * value).toFixed(1))
}
