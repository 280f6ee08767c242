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
import type { Check } from './result.ts'

/**
 * The whole suite, simplest first: when a primitive is wrong, the losses that use it are too.
 *
 * @param randomFormulas - how many random formulas beside the named losses.
 */
export const allChecks = (randomFormulas: number): Check[] => [
  ...primitiveChecks,
  ...lossChecks,
  ...randomFormulaChecks(randomFormulas),
  ...shapeChecks,
  ...labelChecks,
  ...extremeChecks,
  ...arrayChecks,
  ...stateChecks,
  ...errorChecks,
  ...trainingChecks,
  ...leakChecks,
]
