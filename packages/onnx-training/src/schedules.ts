import { checkNumber } from '@dbloss/core'

/** The learning rate at a step; steps count from 0. */
export type Schedule = (step: number) => number

/** The same learning rate at every step. */
export function constantSchedule(learningRate: number): Schedule {
  checkNumber('learningRate', learningRate, { above: 0 })
  return () => learningRate
}

/** The settings of {@link warmupCosine}. */
export interface WarmupCosineOptions {
  /** The learning rate after the warm-up. */
  readonly base: number
  /** The learning rate at the end. Default 0. */
  readonly final?: number
  /** Steps of linear warm-up. Default 0. */
  readonly warmupSteps?: number
  /** All steps, the warm-up included. */
  readonly totalSteps: number
}

/**
 * A linear warm-up from base / warmupSteps to base, then half a cosine to `final`; `final` afterwards.
 *
 * @throws DblossError `argument` for numbers out of range.
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, ICLR 2017, equation 5.
 */
export function warmupCosine({ base, final = 0, warmupSteps = 0, totalSteps }: WarmupCosineOptions): Schedule {
  checkNumber('base', base, { above: 0 })
  checkNumber('final', final, { minimum: 0, maximum: base })
  checkNumber('totalSteps', totalSteps, { integer: true, minimum: 1 })
  checkNumber('warmupSteps', warmupSteps, { integer: true, minimum: 0, maximum: totalSteps })
  return (step) => {
    if (step < warmupSteps) return (base * (step + 1)) / warmupSteps
    const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps))
    return final + ((base - final) * (1 + Math.cos(Math.PI * progress))) / 2
  }
}
