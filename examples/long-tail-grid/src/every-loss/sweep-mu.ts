import { join } from 'node:path'
import { distributionBalancedLoss, longTailMetrics, type SplitMeans } from '@dbloss/core'
import type { BenchmarkTask } from './benchmark-tasks.ts'
import { percent } from './percent.ts'
import { stackRuns } from './stacked-runs.ts'
import { trainedScores } from './trained-scores.ts'

/** DB with class-aware sampling at one μ, in percent; splits without classes are absent. */
export interface MuResult {
  readonly mu: number | 'auto'
  /** The number that was computed with; the mean over the runs for `auto`. */
  readonly value: number
  readonly map: Readonly<Partial<Record<keyof SplitMeans, number>>>
}

const candidates: readonly MuResult['mu'][] = ['auto', 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]

/** How much μ matters: DB without the focal factor, class-aware, from its smallest useful μ to its largest. */
export async function sweepMu(
  task: BenchmarkTask,
  folder: string,
  onProgress: (text: string) => void,
): Promise<MuResult[]> {
  const runs = stackRuns(task)
  const results: MuResult[] = []
  for (const mu of candidates) {
    const scores: Float32Array[] = []
    const values: number[] = []
    for (const [index, run] of task.runs.entries()) {
      const file = join(folder, `${task.name}-${index}-mu-${mu}.f32`)
      const create = (statistics: Parameters<typeof distributionBalancedLoss>[0]) =>
        distributionBalancedLoss(statistics, { mu, gamma: 0 })
      scores.push(await trainedScores(file, run, 'class-aware', create))
      values.push(create(runs.statisticsOfRun(index)).parameters.mu as number)
    }
    const { map } = longTailMetrics({ labels: runs.labels, statistics: runs.statistics, scores: runs.stack(scores) })
    const present = Object.entries(map).filter(([, value]) => !Number.isNaN(value))
    results.push({
      mu,
      value: Math.round((1000 * values.reduce((sum, value) => sum + value, 0)) / values.length) / 1000,
      map: Object.fromEntries(present.map(([split, value]) => [split, percent(value)])),
    })
    onProgress(`${task.name}: μ ${mu}, mAP ${(100 * map.all).toFixed(1)}`)
  }
  return results
}
