import { dropLoss, equalizationLoss, equalizationLossV2, seesawLoss } from '@dbloss/core'
import type { ConformanceBatch } from '../data.ts'
import { type LossCase, lossCase } from './loss-case.ts'

type Inputs = Readonly<Record<string, Float32Array>>

const byClass = ({ labels, batchSize }: ConformanceBatch, value: (index: number) => number): Float32Array =>
  Float32Array.from({ length: labels.length / batchSize }, (_, index) => value(index))

/** Odd multiples of 1/128, which no share of a few dozen labels is: the comparison with it is never close. */
const uniform = ({ labels }: ConformanceBatch): Inputs => ({
  uniform: Float32Array.from(labels, (_, index) => (2 * ((29 * index) % 64) + 1) / 128),
})

/** Around μ, where the weights change. */
const gradientRatios = (batch: ConformanceBatch): Inputs => ({
  gradientRatios: byClass(batch, (index) => 0.5 + ((3 * index) % 8) / 16),
})

/** A long tail from 500 down, and a class that was never seen. */
const classCounts = (batch: ConformanceBatch): Inputs => ({
  classCounts: byClass(batch, (index) => (index === 2 ? 0 : Math.round(500 / 3 ** index))),
})

/** Losses of long-tailed object detection. */
export const detectionCases: readonly LossCase[] = [
  lossCase('EQL', (statistics, options) => equalizationLoss(statistics, options)),
  lossCase('DropLoss', (statistics, options) => dropLoss(statistics, options), { inputs: uniform }),
  lossCase('EQL v2', (_, options) => equalizationLossV2(options), { inputs: gradientRatios }),
  lossCase('Seesaw', (_, options) => seesawLoss(options), { inputs: classCounts }),
]
