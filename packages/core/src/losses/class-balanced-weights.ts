import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import {
  classVector,
  constant,
  divide,
  exp,
  less,
  log,
  max,
  multiply,
  named,
  negate,
  parameter,
  select,
  subtract,
  sum,
} from '../formula/build.ts'
import { PRACTICALLY_INFINITE } from '../formula/log-sum-exp-of.ts'
import type { Expression } from '../formula/nodes.ts'
import type { LabelStatistics } from '../labels/index.ts'
import { requireCounts } from './require-counts.ts'

/**
 * Whose n goes into `(1 − β) / (1 − βⁿ)`: that of the element's class, or one for the whole row: the mean n over its
 * positives, the mean of their weights, or the smallest n among them.
 */
export type ClassBalancedMode = 'by-class' | 'average-n' | 'average-w' | 'min-n'

const modes: readonly ClassBalancedMode[] = ['by-class', 'average-n', 'average-w', 'min-n']

/** Stands for −n of a class that is not positive; below any count. */
const NO_COUNT = -PRACTICALLY_INFINITE

/**
 * The class-balanced weights `(1 − β) / (1 − βⁿ)`: the inverse of the effective number of samples. A row without
 * positives has the weights by class in every mode.
 *
 * @param beta - β in [0, 1).
 * @throws DblossError `argument` for β outside [0, 1) or an unknown mode, `statistics` for a class without positives.
 * @see Cui et al., Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019, equation 2; the modes for
 * several labels a sample are those of the code of Wu et al., ECCV 2020.
 */
export function classBalancedWeights(
  labels: Expression,
  statistics: LabelStatistics,
  { beta, mode }: { readonly beta: number; readonly mode: ClassBalancedMode },
): Expression {
  checkNumber('beta', beta, { minimum: 0, below: 1 })
  if (!modes.includes(mode)) {
    throw new DblossError('argument', `mode is '${String(mode)}'; expected ${modes.join(', ')}`, {
      argument: 'mode',
      found: mode,
      expected: modes.join(' | '),
    })
  }
  const n = classVector('classCounts', requireCounts(statistics), 'n')
  const byClass = inverseEffectiveNumber(n, beta)
  if (mode === 'by-class') return named('w', byClass)

  const positives = sum(labels, 'classes')
  const hasPositives = less(0, positives)
  const meanOverPositives = (value: Expression): Expression =>
    divide(sum(multiply(labels, value), 'classes'), select(hasPositives, positives, 1))
  const ofRow = (): Expression => {
    switch (mode) {
      case 'average-n':
        return inverseEffectiveNumber(select(hasPositives, meanOverPositives(n), 1), beta)
      case 'average-w':
        return meanOverPositives(byClass)
      case 'min-n': {
        const smallest = negate(max(select(less(0, labels), negate(n), NO_COUNT), 'classes'))
        return inverseEffectiveNumber(select(hasPositives, smallest, 1), beta)
      }
    }
  }
  return named('w', select(hasPositives, ofRow(), byClass))
}

/** `(1 − β) / (1 − βⁿ)` with βⁿ as `e^(n log β)`; simplification makes it accurate for β near 1. */
function inverseEffectiveNumber(n: Expression, beta: number): Expression {
  if (beta === 0) return constant(1)
  const base = parameter('\\beta', beta)
  return divide(subtract(1, base), subtract(1, exp(multiply(n, log(base)))))
}
