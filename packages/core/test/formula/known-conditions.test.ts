import { describe, expect, test } from 'vitest'
import { resolveKnownConditions } from '../../src/formula/known-conditions.ts'
import {
  add,
  asExpression,
  ELEMENTS,
  type Expression,
  evaluateExpressions,
  exp,
  input,
  less,
  multiply,
  ROWS,
  select,
  sum,
  topologicalOrder,
} from '../../src/index.ts'

const x = input('x', ELEMENTS)
const row = input('row', ROWS)
const isNegative = less(x, asExpression(0))
const isSmall = less(row, asExpression(1))
const data = { x: Float64Array.of(1, -2, 3, -4, 5, -6), row: Float64Array.of(0, 2) }

const selects = (root: Expression) => topologicalOrder([root]).filter(({ kind }) => kind === 'select').length
const values = (root: Expression) =>
  Array.from(evaluateExpressions([root], { batchSize: 2, classCount: 3, inputs: data })[0]!.data)

const mask = (inner: Expression) => select(isNegative, 0, inner)
const selectCases: readonly [string, Expression, number][] = [
  ['a mask inside a mask', mask(mask(x)), 1],
  ['masks deep inside a mask', mask(multiply(exp(mask(x)), add(mask(x), 2))), 1],
  ['the other arm', select(isNegative, mask(x), mask(exp(x))), 1],
  [
    'a mask inside a sum over classes, which the mask outside does not decide',
    mask(multiply(x, sum(mask(x), 'classes'))),
    2,
  ],
  [
    'a condition on rows inside a sum over classes, which it decides',
    select(isSmall, 0, sum(select(isSmall, 1, x), 'classes')),
    1,
  ],
  ['a condition on rows inside a sum over the batch', select(isSmall, 0, sum(select(isSmall, 1, x), 'batch')), 2],
  ['two conditions', mask(select(isSmall, mask(x), multiply(2, mask(select(isSmall, 9, x))))), 2],
  ['two halves of a sum', add(select(isNegative, x, 0), select(isNegative, 0, exp(x))), 1],
]

describe('decided selects go', () => {
  test.each(selectCases)('%s', (_, expression, remaining) => {
    const [resolved] = resolveKnownConditions([expression])
    expect(selects(resolved!)).toBe(remaining)
    expect(values(resolved!)).toEqual(values(expression))
  })
})

test('what is masked in one place stays masked in another', () => {
  const masked = mask(x)
  const [inside, outside] = resolveKnownConditions([mask(exp(masked)), exp(masked)])
  expect(selects(outside!)).toBe(1)
  expect(values(inside!)).toEqual(values(mask(exp(masked))))
  expect(values(outside!)).toEqual(values(exp(masked)))
})
