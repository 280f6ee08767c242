import { arrayChecks } from './checks/arrays.ts'
import { errorChecks } from './checks/errors.ts'
import { extremeChecks } from './checks/extremes.ts'
import { labelChecks } from './checks/labels.ts'
import { leakChecks } from './checks/leaks.ts'
import { lossChecks } from './checks/losses.ts'
import { primitiveChecks } from './checks/primitives.ts'
import { randomFormulaChecks } from './checks/random-formulas.ts'
import { shapeChecks } from './checks/shapes.ts'
import { stateChecks } from './checks/state.ts'
import { trainingChecks } from './checks/training.ts'
import type { LossCase } from './losses/loss-case.ts'
import type { Check } from './result.ts'

/** How much of the suite. */
export interface SuiteSize {
  /** How many random formulas beside the named losses. */
  readonly randomFormulas: number
  readonly losses: readonly LossCase[]
}

/** The whole suite, simplest first: when a primitive is wrong, the losses that use it are too. */
export const allChecks = ({ randomFormulas, losses }: SuiteSize): Check[] => [
  ...primitiveChecks,
  ...lossChecks(losses),
  ...randomFormulaChecks(randomFormulas),
  ...shapeChecks,
  ...labelChecks(losses),
  ...extremeChecks(losses),
  ...arrayChecks,
  ...stateChecks,
  ...errorChecks,
  ...trainingChecks,
  ...leakChecks,
]
