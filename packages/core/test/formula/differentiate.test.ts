import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  CLASSES,
  classVector,
  constant,
  differentiate,
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
const positive = add(multiply(z, z), 0.5)

/** Formulas that are smooth where the test evaluates them, one or more for each primitive and broadcast. */
const formulas: Readonly<Record<string, Expression>> = {
  negate: negate(z),
  exp: exp(z),
  expm1: expm1(z),
  log: log(positive),
  sigmoid: sigmoid(z),
  softplus: softplus(z),
  'power 3': power(z, 3),
  'power −0.5': power(positive, -0.5),
  add: add(z, multiply(z, 2)),
  subtract: subtract(exp(z), z),
  multiply: multiply(z, exp(z)),
  divide: divide(z, positive),
  'minimum of far apart values': minimum(z, add(z, 1)),
  'maximum of far apart values': maximum(z, add(z, 1)),
  select: select(less(classVector('side', [-1, 1, 1]), 0), exp(z), power(z, 2)),
  'sum over classes': power(sum(z, 'classes'), 2),
  'sum over the batch': power(sum(z, 'batch'), 2),
  'mean of both': mean(mean(power(z, 2), 'classes'), 'batch'),
  'max over distinct values': power(max(add(z, classVector('apart', [0, 10, 20])), 'classes'), 2),
  'a row beside elements': multiply(z, sum(z, 'classes')),
  'a class beside elements': multiply(z, sum(z, 'batch')),
  'a number beside elements': multiply(z, sum(sum(z, 'classes'), 'batch')),
  'sizes beside a number': multiply(add(size('batch'), size('classes')), sum(sum(z, 'classes'), 'batch')),
  'log-sum-exp': logSumExp(z, 'classes'),
  'a part used twice': multiply(sigmoid(z), sigmoid(z), z),
}

const evaluateOne = (expression: Expression, data: ArrayLike<number>): Float64Array =>
  evaluateExpressions([expression], { batchSize: 2, classCount: 3, inputs: { z: data } })[0]!.data

const total = (expression: Expression, data: ArrayLike<number>): number =>
  evaluateOne(expression, data).reduce((a, b) => a + b)

/** The derivative, spread over [2, 3] where it is constant along an axis. */
function gradientAt(expression: Expression, data: ArrayLike<number>): Float64Array {
  return evaluateOne(add(differentiate(expression, 'z'), multiply(z, 0)), data)
}

describe('the derivative of the sum equals central differences', () => {
  test.each(Object.entries(formulas))('%s', (_, formula) => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 }), (data) => {
        const gradient = gradientAt(formula, data)
        const scale = Math.max(1, ...gradient.map(Math.abs))
        data.forEach((_, index) => {
          const shifted = (shift: number) =>
            total(
              formula,
              data.map((value, at) => (at === index ? value + shift : value)),
            )
          // Truncation h² · f‴/6 and rounding eps · f / h are both below 1e-7 of the largest derivative here.
          const difference = (shifted(1e-4) - shifted(-1e-4)) / 2e-4
          expect(Math.abs(gradient[index]! - difference)).toBeLessThanOrEqual(1e-6 * scale)
        })
      }),
      { numRuns: 20 },
    )
  })
})

describe('conventions', () => {
  const data = [1, 1, 0, 2, 2, 2]
  test('max shares its gradient evenly on a tie', () =>
    expect(Array.from(gradientAt(max(z, 'classes'), data))).toEqual([0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3]))
  test('minimum and maximum give it to the second operand on a tie', () => {
    expect(Array.from(gradientAt(maximum(z, constant(1)), data))).toEqual([0, 0, 0, 1, 1, 1])
    expect(Array.from(gradientAt(maximum(constant(1), z), data))).toEqual([1, 1, 0, 1, 1, 1])
    expect(Array.from(gradientAt(minimum(z, constant(1)), data))).toEqual([0, 0, 1, 0, 0, 0])
  })
  test('stopGradient ends the dependence', () =>
    expect(Array.from(gradientAt(multiply(z, stopGradient(z)), data))).toEqual(data))
  test('a formula without the input has derivative 0', () => {
    expect(differentiate(exp(input('other', ROWS)), 'z')).toMatchObject({ kind: 'constant', value: 0 })
  })
  test('a seed of smaller extent is spread', () => {
    const seeded = differentiate(multiply(z, 2), 'z', input('seed', ROWS))
    const [value] = evaluateExpressions([seeded], {
      batchSize: 2,
      classCount: 3,
      inputs: { z: data, seed: [1, 10] },
    })
    expect(Array.from(value!.data)).toEqual([2, 20])
  })
  test.each([
    ['rows', ROWS, [3, 6]],
    ['classes', CLASSES, [3, 3, 3]],
    ['a number', SCALAR, [9]],
  ] as const)('the broadcast of an input over %s is undone', (_, extent, expected) => {
    const small = input('small', extent)
    const derivative = differentiate(multiply(small, z), 'small')
    const [value] = evaluateExpressions([derivative], {
      batchSize: 2,
      classCount: 3,
      inputs: { z: [1, 1, 1, 2, 2, 2], small: expected.map(() => 1) },
    })
    expect(Array.from(value!.data)).toEqual([...expected])
  })
})
