import type { LabelStatistics, Loss, Reduction } from '@dbloss/core'
import type { ConformanceBatch } from '../data.ts'

/** A loss of the suite. */
export interface LossCase {
  readonly name: string
  readonly create: (statistics: LabelStatistics, reduction?: Reduction) => Loss
  /** The ways of reducing that it has. Default: all four. */
  readonly reductions: readonly Reduction[]
  /** The further inputs of the loss for a batch. Default: none. */
  readonly inputs?: (batch: ConformanceBatch) => Readonly<Record<string, Float32Array>>
  /** Whether soft labels have a meaning. Default true. */
  readonly softLabels: boolean
}

interface Options {
  readonly reduction: Reduction
}

const allReductions: readonly Reduction[] = ['mean', 'sum', 'batchmean', 'none']

/** A loss of the suite from a function that takes statistics and options. */
export function lossCase(
  name: string,
  create: (statistics: LabelStatistics, options: Options) => Loss,
  {
    reductions = allReductions,
    softLabels = true,
    inputs,
  }: Partial<Pick<LossCase, 'reductions' | 'inputs' | 'softLabels'>> = {},
): LossCase {
  return {
    name,
    create: (statistics, reduction = 'mean') => create(statistics, { reduction }),
    reductions,
    softLabels,
    ...(inputs === undefined ? {} : { inputs }),
  }
}

/** The batch with the further inputs that the loss declares. */
export function withInputs({ inputs }: LossCase, batch: ConformanceBatch): ConformanceBatch {
  return inputs === undefined ? batch : { ...batch, inputs: inputs(batch) }
}
