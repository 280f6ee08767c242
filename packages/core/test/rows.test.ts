import { describe, expect, test } from 'vitest'
import {
  defineLoss,
  evaluate,
  max,
  multiply,
  outputProgram,
  type Reduction,
  statisticsFromCounts,
  subtract,
  sum,
} from '../src/index.ts'
import { allLosses } from './losses/all-losses.ts'

const statistics = statisticsFromCounts({ classCounts: [500, 20, 3], sampleCount: 1000 })
const logits = Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1, 0.4, 0.7, -2)
const labels = Float64Array.of(1, 0, 1, 0, 1, -1, -1, -1, 0)
const batch = { logits, labels, batchSize: 3 }
const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((total, value) => total + value, 0) / values.length

const reductions: readonly Reduction[] = ['mean', 'batchmean', 'sum', 'none']

describe.each(reductions)('rows with reduction %s', (reduction) => {
  test.each(allLosses)('have the value of $title as their mean', ({ create }) => {
    const { rows, value } = evaluate(create(statistics, { reduction }), batch)
    expect(rows).toHaveLength(3)
    expect(mean(rows!) / value).toBeCloseTo(1, 12)
  })

  test.each(allLosses)('of $title, seeded with 1/B each, have its gradient', ({ create }) => {
    const loss = create(statistics, { reduction })
    const { gradient } = evaluate(loss, batch)
    const seeded = evaluate(loss, batch, { seed: [1 / 3, 1 / 3, 1 / 3], output: 'rows' })
    for (const [index, derivative] of seeded.gradient.entries()) expect(derivative).toBeCloseTo(gradient[index]!, 13)
  })
})

test('rows follow rowSum · B / known', () => {
  const loss = defineLoss({ name: 'sum of logits', formula: ({ logits }) => logits })
  // 6 of 9 labels are known.
  const expected = [1.5, 0.9, -2].map((rowSum) => (rowSum * 3) / 6)
  for (const [index, row] of evaluate(loss, batch).rows!.entries()) expect(row).toBeCloseTo(expected[index]!, 14)
})

test('a seed reaches the rows that are coupled through the batch', () => {
  const loss = defineLoss({
    name: 'distance from the batch mean',
    reduction: 'sum',
    formula: ({ logits }) => multiply(logits, subtract(logits, sum(logits, 'batch'))),
  })
  const known = { logits: Float64Array.of(1, 2, 4), labels: new Float64Array(3), batchSize: 3 }
  const { gradient } = evaluate(loss, known, { seed: [1, 0, 0], output: 'rows' })
  // 3 · z₁ (z₁ − z₁ − z₂ − z₃), by z₁, z₂, z₃
  expect(Array.from(gradient)).toEqual([-18, -3, -3])
})

test('a loss that couples rows has no rows, and says so', () => {
  const loss = defineLoss({
    name: 'largest logit',
    formula: ({ logits }) => max(max(logits, 'classes'), 'batch'),
  })
  expect(evaluate(loss, batch).rows).toBeUndefined()
  expect(() => outputProgram(loss, 'rows')).toThrow(
    'largest logit couples the rows of a batch: it is one number for the whole batch and has no per-row form',
  )
  expect(() => outputProgram(loss, 'elements')).toThrow(
    expect.objectContaining({ code: 'argument', expected: 'value' }),
  )
})

test('a seed of the wrong size for the rows', () => {
  const loss = allLosses[0]!.create(statistics, {})
  expect(() => evaluate(loss, batch, { seed: labels, output: 'rows' })).toThrow('seed has 9 values; 3 expected')
})
