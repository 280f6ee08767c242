import { defineLoss, type Reduction } from '@dbloss/core'
import { checkLoss } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import { messageOf } from '../message-of.ts'
import { RANDOM_FORMULA_CLASSES, randomFormula } from '../random-formula.ts'
import type { Check } from '../result.ts'

const reductions: readonly Reduction[] = ['mean', 'sum', 'batchmean']
const FORMULAS_PER_CHECK = 10

/**
 * Random formulas beside the named losses: how primitives nest, share parts and broadcast. A failure names the seed, and
 * `randomFormula(seed)` is the formula.
 *
 * @param count - how many formulas.
 */
export function randomFormulaChecks(count: number): Check[] {
  return Array.from({ length: Math.ceil(count / FORMULAS_PER_CHECK) }, (_, index): Check => {
    const first = index * FORMULAS_PER_CHECK
    const last = Math.min(first + FORMULAS_PER_CHECK, count) - 1
    return {
      group: 'random formulas',
      name: `seeds ${first} to ${last}`,
      run: async ({ adapter }) => {
        for (let seed = first; seed <= last; seed++) {
          const name = `randomFormula(${seed})`
          const reduction = reductions[seed % reductions.length]!
          const loss = defineLoss({ name, reduction, formula: randomFormula(seed) })
          const batch = conformanceBatch(4, RANDOM_FORMULA_CLASSES, seed)
          await checkLoss(adapter.compile, loss, [batch], {
            precision: adapter.precision,
            elements: adapter.supports.elements,
          }).catch((error: unknown) => {
            throw new Error(`${name}, ${reduction}: ${messageOf(error)}`)
          })
        }
      },
    }
  })
}
