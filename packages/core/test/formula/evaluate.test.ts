import { describe, expect, test } from 'vitest'
import {
  add,
  CLASSES,
  classVector,
  constant,
  divide,
  ELEMENTS,
  type Expression,
  evaluateExpressions,
  exp,
  expm1,
  input,
  less,
  log,
  logSumExp,
  max,
  maximum,
  mean,
  minimum,
  multiply,
  negate,
  power,
  ROWS,
  SCALAR,
  select,
  sigmoid,
  size,
  softplus,
  stopGradient,
  subtract,
  sum,
} from '../../src/index.ts'

const z = input('z', ELEMENTS)
const rows = input('rows', ROWS)
const classes = input('classes', CLASSES)
const scalar = input('scalar', SCALAR)
const inputs = { z: [1, 2, 3, 4, 5, 6], rows: [10, 20], classes: [100, 200, 300], scalar: [1000] }

const valuesOf = (expression: Expression): number[] =>
  Array.from(evaluateExpressions([expression], { batchSize: 2, classCount: 3, inputs })[0]!.data)

describe('primitives, by hand', () => {
  test.each<[string, Expression, number[]]>([
    ['constant', constant(7), [7]],
    ['class vector', classVector('v', [1, 2, 3]), [1, 2, 3]],
    ['size of the batch', size('batch'), [2]],
    ['size of the classes', size('classes'), [3]],
    ['negate', negate(rows), [-10, -20]],
    ['exp', exp(subtract(rows, rows)), [1, 1]],
    ['expm1', expm1(constant(1e-20)), [1e-20]],
    ['log', log(constant(Math.E)), [1]],
    ['sigmoid', sigmoid(constant(0)), [0.5]],
    ['softplus', softplus(constant(0)), [Math.LN2]],
    ['stopGradient', stopGradient(rows), [10, 20]],
    ['power', power(rows, 2), [100, 400]],
    ['minimum', minimum(rows, 15), [10, 15]],
    ['maximum', maximum(rows, 15), [15, 20]],
    ['divide', divide(rows, 4), [2.5, 5]],
    ['select', select(less(rows, 15), rows, -1), [10, -1]],
    ['sum over classes', sum(z, 'classes'), [6, 15]],
    ['sum over the batch', sum(z, 'batch'), [5, 7, 9]],
    ['max over classes', max(z, 'classes'), [3, 6]],
    ['max over the batch', max(z, 'batch'), [4, 5, 6]],
    ['mean over classes', mean(z, 'classes'), [2, 5]],
  ])('%s', (_, expression, expected) => expect(valuesOf(expression)).toEqual(expected))

  test('operations broadcast over both axes', () => {
    expect(valuesOf(add(rows, classes))).toEqual([110, 210, 310, 120, 220, 320])
    expect(valuesOf(add(z, rows, classes, scalar))).toEqual([1111, 1212, 1313, 1124, 1225, 1326])
    expect(valuesOf(multiply(scalar, rows))).toEqual([10000, 20000])
  })

  test('the tails of sigmoid and softplus are relatively accurate', () => {
    expect(valuesOf(sigmoid(constant(-700)))[0]! / Math.exp(-700)).toBeCloseTo(1, 14)
    expect(valuesOf(softplus(constant(-700)))[0]! / Math.exp(-700)).toBeCloseTo(1, 14)
    expect(valuesOf(softplus(constant(1e4)))).toEqual([1e4])
  })

  test('log-sum-exp is finite for large values', () => {
    expect(valuesOf(logSumExp(multiply(z, 1000), 'classes'))).toEqual([3000, 6000])
  })
})

describe('errors', () => {
  test('a reduction over an axis that the operand lacks', () => {
    expect(() => sum(rows, 'classes')).toThrow('sum over classes of a value that does not vary over classes')
  })
  test('a NaN constant', () => expect(() => constant(Number.NaN)).toThrow('constant is NaN'))
  test('a class vector that is not finite', () =>
    expect(() => classVector('weights', [1, Number.POSITIVE_INFINITY])).toThrow('weights[1] is Infinity'))
  test('a missing input', () =>
    expect(() => evaluateExpressions([z], { batchSize: 2, classCount: 3, inputs: {} })).toThrow("input 'z' is missing"))
  test('an input of the wrong size', () =>
    expect(() => evaluateExpressions([z], { batchSize: 2, classCount: 2, inputs })).toThrow(
      "input 'z' has 6 values; expected [2, 2]",
    ))
  test('a class vector of the wrong size', () =>
    expect(() => evaluateExpressions([classVector('n', [1, 2])], { batchSize: 1, classCount: 3, inputs })).toThrow(
      'logits has 3 columns but n describes 2 classes',
    ))
})
