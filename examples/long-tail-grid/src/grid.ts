import {
  type LabelStatistics,
  type LongTailMetrics,
  type LossName,
  labelStatistics,
  longTailMetrics,
  namedLoss,
} from '@dbloss/core'
import type { Ort } from '@dbloss/onnx-training'
import {
  applyHead,
  type FeatureScaling,
  type SamplerName,
  type Standardization,
  type TrainingSettings,
  trainHead,
} from '@dbloss/transformers'

/** The samplers of the grid. */
export const samplers = ['uniform', 'class-aware'] as const satisfies readonly SamplerName[]

/** Samples as a linear head sees them. */
export interface Samples {
  /** Row-major [labels.length, featureCount]. */
  readonly features: Float32Array
  /** For each sample the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
}

/** A training set, a test set and how to train. */
export interface Task {
  readonly training: Samples
  readonly test: Samples
  readonly classCount: number
  readonly featureScaling: FeatureScaling | Standardization
  readonly settings: TrainingSettings
}

/** A cell of the grid. */
export interface Cell {
  readonly loss: LossName
  readonly sampler: SamplerName
  readonly map: LongTailMetrics['map']
}

/** Trains a linear head with some losses and every sampler. */
export async function runGrid(ort: Ort, task: Task, losses: readonly LossName[]): Promise<Cell[]> {
  const statistics = labelStatistics(task.training.labels, { classCount: task.classCount })
  const cells: Cell[] = []
  for (const sampler of samplers) {
    for (const loss of losses) cells.push({ loss, sampler, map: await measure(ort, task, statistics, loss, sampler) })
  }
  return cells
}

async function measure(
  ort: Ort,
  { training, test, classCount, featureScaling, settings }: Task,
  statistics: LabelStatistics,
  loss: LossName,
  sampler: SamplerName,
): Promise<LongTailMetrics['map']> {
  const { head } = await trainHead({
    ...settings,
    ...training,
    ort,
    classCount,
    featureScaling,
    loss: namedLoss(loss, statistics),
    sampler,
  })
  const scores = { data: applyHead(head, test.features), classCount }
  return longTailMetrics({ labels: test.labels, scores, statistics }).map
}

/** The mean of several grids of the same cells. */
export function meanGrid(grids: readonly (readonly Cell[])[]): Cell[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return grids[0]!.map(({ loss, sampler }, position) => {
    const maps = grids.map((grid) => grid[position]!.map)
    return {
      loss,
      sampler,
      map: {
        all: mean(maps.map(({ all }) => all)),
        head: mean(maps.map(({ head }) => head)),
        medium: mean(maps.map(({ medium }) => medium)),
        tail: mean(maps.map(({ tail }) => tail)),
      },
    }
  })
}

/** The cell of a loss and a sampler. */
export function cellOf(grid: readonly Cell[], loss: LossName, sampler: SamplerName): Cell {
  return grid.find((cell) => cell.loss === loss && cell.sampler === sampler)!
}
