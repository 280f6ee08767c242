import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import {
  bootstrapMapDifference,
  type LossName,
  longTailMetrics,
  type MapDifference,
  namedLosses,
  type SplitMeans,
} from '@dbloss/core'
import type { SamplerName } from '@dbloss/transformers'
import type { BenchmarkTask } from './benchmark-tasks.ts'
import { crossFittedF1, type F1 } from './cross-fitted-f1.ts'
import { percent } from './percent.ts'
import { stackRuns } from './stacked-runs.ts'
import type { MuResult } from './sweep-mu.ts'
import type { TrainedLoss } from './train-every-loss.ts'

/** An interval as two numbers. */
export type Interval = readonly [lower: number, upper: number]

/** A loss with a sampler on a task. */
export interface ComparedLoss {
  readonly loss: LossName
  readonly title: string
  readonly sampler: SamplerName
  /** In percent; splits without classes are absent. */
  readonly map: Readonly<Partial<Record<keyof SplitMeans, number>>>
  /** 95 %, of each split. */
  readonly intervals: Readonly<Partial<Record<keyof SplitMeans, Interval>>>
  /** Points of mAP above BCE with uniform sampling, with its paired 95 % interval. */
  readonly gain: { readonly estimate: number; readonly interval: Interval }
  /** Points of mAP below the best cell of the task, with its paired 95 % interval. */
  readonly behindBest: { readonly estimate: number; readonly interval: Interval }
  /** In percent, at thresholds tuned on one half of the test samples and measured on the other. */
  readonly f1: F1
  /** Of a training step, the loss and all else, in milliseconds. */
  readonly stepTime: number
}

/** All losses on one task. */
export interface TaskComparison {
  readonly name: string
  readonly title: string
  readonly testSamples: number
  readonly cells: readonly ComparedLoss[]
  readonly mu: readonly MuResult[]
}

/** What the benchmark writes. */
export interface EveryLossResults {
  readonly date: string
  readonly versions: Readonly<Record<string, string>>
  readonly machine: string
  readonly tasks: TaskComparison[]
}

const RESAMPLES = 500
const splits = ['all', 'head', 'medium', 'tail'] as const

/** When and where the benchmark ran. */
export function environment(): Omit<EveryLossResults, 'tasks'> {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    versions: { node: process.version.slice(1), 'transformers.js': dependencies['@huggingface/transformers']! },
    machine: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} cores`,
  }
}

/** Measures every loss, beside BCE with uniform sampling and beside the best. */
export function compareLosses(
  task: BenchmarkTask,
  trained: readonly TrainedLoss[],
  times: ReadonlyMap<LossName, number>,
): Omit<TaskComparison, 'mu'> {
  const runs = stackRuns(task)
  const { labels, statistics } = runs
  const scores = trained.map((cell) => runs.stack(cell.scores))
  const maps = scores.map((own) => longTailMetrics({ labels, statistics, scores: own }).map)
  const best = maps.reduce((top, map, index) => (map.all > maps[top]!.all ? index : top), 0)
  const baseline = trained.findIndex(({ loss, sampler }) => loss === 'bce' && sampler === 'uniform')
  const besides = (index: number): readonly MapDifference[] => {
    const resampling = { labels, statistics, resamples: RESAMPLES, seed: 0 }
    const { models } = bootstrapMapDifference({
      ...resampling,
      baseline: scores[index]!,
      scores: Object.fromEntries(scores.entries()),
    })
    return scores.map((_, place) => models[place]!)
  }
  const [besideBaseline, besideBest] = [besides(baseline), besides(best)]
  const cells = trained.map(({ loss, sampler }, index): ComparedLoss => {
    const [beside, below] = [besideBaseline[index]!, besideBest[index]!]
    const f1 = crossFittedF1(runs, scores[index]!.data)
    const present = splits.filter((split) => !Number.isNaN(maps[index]![split]))
    return {
      loss,
      title: namedLosses[loss].title,
      sampler,
      map: Object.fromEntries(present.map((split) => [split, percent(maps[index]![split])])),
      intervals: Object.fromEntries(
        present.map((split) => [split, [percent(beside.map[split].lower), percent(beside.map[split].upper)] as const]),
      ),
      gain: inPoints(beside.difference.all),
      behindBest: inPoints(below.difference.all),
      f1: { micro: percent(f1.micro), macro: percent(f1.macro) },
      stepTime: Math.round(times.get(loss)! * 100) / 100,
    }
  })
  return { name: task.name, title: task.title, testSamples: labels.length, cells }
}

function inPoints({
  estimate,
  lower,
  upper,
}: {
  estimate: number
  lower: number
  upper: number
}): ComparedLoss['gain'] {
  return { estimate: percent(estimate), interval: [percent(lower), percent(upper)] }
}
