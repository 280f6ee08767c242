import { type LabelStatistics, labelStatistics, statisticsFromCounts } from '@dbloss/core'
import type { BenchmarkTask } from './benchmark-tasks.ts'

/**
 * Several runs on the same test samples as one evaluation: the classes of all runs side by side. A mean over its classes is the mean
 * over the runs, and resampled test samples are the same for all of them.
 */
export interface StackedRuns {
  readonly classCount: number
  readonly statistics: LabelStatistics
  readonly statisticsOfRun: (run: number) => LabelStatistics
  readonly labels: readonly (readonly number[])[]
  /** Puts the scores of the runs side by side, row-major. */
  readonly stack: (scores: readonly Float32Array[]) => { readonly data: Float32Array; readonly classCount: number }
}

/** Puts the runs of a task side by side. */
export function stackRuns({ runs }: BenchmarkTask): StackedRuns {
  const { classCount: width, test } = runs[0]!
  const classCount = width * runs.length
  const ofRuns = runs.map(({ training }) => labelStatistics(training.labels, { classCount: width }))
  return {
    classCount,
    statistics: statisticsFromCounts({
      classCounts: ofRuns.flatMap(({ classCounts }) => classCounts),
      sampleCount: Math.max(...ofRuns.map(({ sampleCount }) => sampleCount)),
    }),
    statisticsOfRun: (run) => ofRuns[run]!,
    labels: test.labels.map((row) => runs.flatMap((_, run) => row.map((label) => run * width + label))),
    stack: (scores) => {
      const data = new Float32Array(test.labels.length * classCount)
      for (const [run, own] of scores.entries()) {
        for (let row = 0; row < test.labels.length; row++) {
          data.set(own.subarray(row * width, (row + 1) * width), row * classCount + run * width)
        }
      }
      return { data, classCount }
    },
  }
}
