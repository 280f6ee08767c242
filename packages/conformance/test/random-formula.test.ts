import { type Batch, defineLoss, evaluate, evaluateExpressions, type Loss, topologicalOrder } from '@dbloss/core'
import { expect, test } from 'vitest'
import { conformanceBatch } from '../src/data.ts'
import { RANDOM_FORMULA_CLASSES, randomFormula } from '../src/index.ts'
import { withGivenValues } from './rewriting.ts'

const count = Number(process.env.DBLOSS_RANDOM_FORMULAS ?? 200)
const batchSize = 3

const lossOf = (seed: number) => defineLoss({ name: `${seed}`, reduction: 'sum', formula: randomFormula(seed) })

/** Central differences with Richardson's extrapolation: an error of order step⁴. */
function finiteDifferences(value: (logits: Float64Array) => number, logits: Float64Array, step: number): number[] {
  const at = (index: number, shift: number): number => {
    const shifted = logits.slice()
    shifted[index]! += shift
    return value(shifted)
  }
  return Array.from(logits, (_, index) => {
    const coarse = (at(index, 2 * step) - at(index, -2 * step)) / (4 * step)
    const fine = (at(index, step) - at(index, -step)) / (2 * step)
    return (4 * fine - coarse) / 3
  })
}

/** The value as a function of the logits, in which what is under stopGradient keeps the value that it has in the batch. */
function valueAlongLogits(loss: Loss, { batchSize, logits, labels }: Batch): (logits: Float64Array) => number {
  const context = { batchSize, classCount: RANDOM_FORMULA_CLASSES, inputs: { logits, labels } }
  const { root, context: frozen } = withGivenValues(loss.value, context, (node, given) =>
    node.kind === 'stopGradient' ? evaluateExpressions([node], given)[0]!.data : undefined,
  )
  return (shifted) =>
    evaluateExpressions([root], { ...frozen, inputs: { ...frozen.inputs, logits: shifted } })[0]!.data[0]!
}

test(`the derived gradients of ${count} random formulas equal finite differences`, () => {
  for (let seed = 0; seed < count; seed++) {
    const loss = lossOf(seed)
    const { logits: single, labels } = conformanceBatch(batchSize, RANDOM_FORMULA_CLASSES, seed)
    const batch = { logits: Float64Array.from(single), labels, batchSize }
    const { value, gradient } = evaluate(loss, batch)
    const largest = Math.max(1, ...gradient.map(Math.abs))
    // A kink of min, max or select inside the larger step is outside the smaller.
    const errors = [1e-3, 1e-4, 1e-5].map((step) => {
      const expected = finiteDifferences(valueAlongLogits(loss, batch), batch.logits, step)
      const rounding = (64 * Number.EPSILON * Math.max(1, Math.abs(value))) / step
      const error = Math.max(...expected.map((derivative, index) => Math.abs(derivative - gradient[index]!)))
      return error / (1e-7 * largest + rounding)
    })
    expect(Math.min(...errors), `randomFormula(${seed})`).toBeLessThan(1)
  }
}, 3_600_000)

test('random formulas are the same for the same seed, finite, and use every primitive', () => {
  const kinds = new Set<string>()
  for (let seed = 0; seed < 300; seed++) {
    const loss = lossOf(seed)
    const batch = conformanceBatch(batchSize, RANDOM_FORMULA_CLASSES, seed)
    const { value } = evaluate(loss, batch)
    expect(Number.isFinite(value)).toBe(true)
    expect(evaluate(lossOf(seed), batch).value).toBe(value)
    for (const { kind } of topologicalOrder([loss.formula])) kinds.add(kind)
  }
  expect([...kinds].sort()).toEqual([
    'add',
    'classVector',
    'constant',
    'divide',
    'exp',
    'expm1',
    'input',
    'log',
    'max',
    'maximum',
    'minimum',
    'multiply',
    'negate',
    'power',
    'select',
    'sigmoid',
    'size',
    'softplus',
    'stopGradient',
    'subtract',
    'sum',
  ])
})
