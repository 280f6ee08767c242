import { describe, expect, test } from 'vitest'
import type { Vector, Vectors } from '../src/assembly/vectors.ts'
import { exp, expBelow88, expm1 } from '../src/vector-math/exponential.ts'
import { log } from '../src/vector-math/logarithm.ts'
import { log1p, logisticFamily, sigmoid } from '../src/vector-math/logistic.ts'
import { power } from '../src/vector-math/power.ts'
import { compileVectorFunction } from './support/vector-function.ts'
import { worstError } from './support/worst-error.ts'

const isExhaustive = process.env.DBLOSS_ALL_FLOATS === '1'

type VectorMath = (v: Vectors, x: Vector) => Vector

/** Bit patterns of float32: those of positive numbers count up from 0, those of negative ones from 2^31. */
const patterns = {
  all: { first: 0, end: 2 ** 32 },
  from0To1: { first: 0, end: 0x3f800001 },
  from0To88: { first: 0, end: 0x42b00001 },
  negative: { first: 2 ** 31, end: 0xff800001 },
} as const

/** What is known without a function, beyond ±128 and within 2^-30, so that four thousand million inputs take a minute. */
function quick(
  f: (x: number) => number,
  { low, high, near0 }: Readonly<Record<'low' | 'high' | 'near0', (x: number) => number>>,
): (x: number) => number {
  return (x) => {
    if (x > 128) return high(x)
    if (x < -128) return low(x)
    return x < 2 ** -30 && x > -(2 ** -30) ? near0(x) : f(x)
  }
}

const zero = (): number => 0
const infinity = (): number => Number.POSITIVE_INFINITY
const references = {
  exp: quick(Math.exp, { low: zero, high: infinity, near0: (x) => 1 + x }),
  expm1: quick(Math.expm1, { low: () => -1, high: infinity, near0: (x) => x + (x * x) / 2 }),
  sigmoid: quick((x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))), {
    low: zero,
    high: () => 1,
    near0: (x) => 0.5 + x / 4,
  }),
  softplus: quick((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), {
    low: zero,
    high: (x) => x,
    near0: (x) => Math.LN2 + x / 2,
  }),
  log: (x: number): number => (x < 0 ? Number.NaN : Math.log(x)),
}

interface FunctionCase {
  readonly name: string
  readonly of: VectorMath
  readonly reference: (x: number) => number
  readonly inputs: { readonly first: number; readonly end: number }
  /** In eps. */
  readonly bound: number
}

/** The bounds are those that the docstrings state. */
const functions: readonly FunctionCase[] = [
  { name: 'exp', of: exp, reference: references.exp, inputs: patterns.all, bound: 1 },
  { name: 'exp of what is negative', of: expBelow88, reference: references.exp, inputs: patterns.negative, bound: 1 },
  { name: 'exp up to 88', of: expBelow88, reference: references.exp, inputs: patterns.from0To88, bound: 1 },
  { name: 'expm1', of: expm1, reference: references.expm1, inputs: patterns.all, bound: 1.25 },
  { name: 'log', of: log, reference: references.log, inputs: patterns.all, bound: 1 },
  { name: 'log1p', of: log1p, reference: Math.log1p, inputs: patterns.from0To1, bound: 2.5 },
  { name: 'sigmoid', of: sigmoid, reference: references.sigmoid, inputs: patterns.all, bound: 2 },
  {
    name: 'sigmoid beside others',
    of: (v, x) => logisticFamily(v, x).sigmoid(x),
    reference: references.sigmoid,
    inputs: patterns.all,
    bound: 2,
  },
  {
    name: 'softplus',
    of: (v, x) => logisticFamily(v, x).softplus(x),
    reference: references.softplus,
    inputs: patterns.all,
    bound: 3,
  },
]

describe(`vector functions against float64, ${isExhaustive ? 'on every float32' : 'on every 4001st float32'}`, () => {
  test.each(functions)(
    '$name: $bound eps',
    ({ of, reference, inputs, bound }) => {
      const worst = worstError(compileVectorFunction(of), reference, { ...inputs, stride: isExhaustive ? 1 : 4001 })
      if (isExhaustive) console.log(JSON.stringify(worst))
      expect(worst.wrong).toEqual([])
      expect(worst.relative, `at ${worst.relativeAt}`).toBeLessThanOrEqual(bound)
      expect(worst.absolute, `at ${worst.absoluteAt}`).toBeLessThanOrEqual(1)
    },
    600_000,
  )
})

describe('powers, on every 12007th float32', () => {
  const error = (exponent: number, scale?: (x: number) => number) =>
    worstError(
      compileVectorFunction((v, x) => power(v, x, exponent)),
      (x) => x ** exponent,
      { ...patterns.all, stride: 12007 },
      scale,
    )

  // A product rounds once a factor, a root and a reciprocal once.
  test.each([-16, -3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3, 4, 7.5, 16])(
    '%f, by products: |exponent| / 2 + 2 eps',
    (exponent) => {
      const worst = error(exponent)
      expect(worst.wrong).toEqual([])
      expect(worst.relative, `at ${worst.relativeAt}`).toBeLessThanOrEqual(Math.abs(exponent) / 2 + 2)
      expect(worst.absolute, `at ${worst.absoluteAt}`).toBeLessThanOrEqual(1)
    },
  )

  // The error of a logarithm is multiplied by the exponent, and becomes one of the power.
  test.each([-1.3, 0.1, 0.7, 2.3, 17, 18, -17])('%f, by a logarithm: 2 · (1 + |exponent · log x|) eps', (exponent) => {
    const worst = error(exponent, (x) => 1 + Math.abs(exponent * Math.log(Math.abs(x))))
    expect(worst.wrong).toEqual([])
    expect(worst.relative, `at ${worst.relativeAt}`).toBeLessThanOrEqual(2)
    expect(worst.absolute, `at ${worst.absoluteAt}`).toBeLessThanOrEqual(1)
  })
})

describe('at the borders', () => {
  const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: negativeInfinity, NaN: nan } = Number
  const smallest = 2 ** -149
  const cases: readonly [string, VectorMath, readonly number[], readonly number[]][] = [
    [
      'exp',
      exp,
      [0, -0, infinity, negativeInfinity, nan, smallest, 89, -104, 88.8],
      [1, 1, infinity, 0, nan, 1, infinity, 0, infinity],
    ],
    ['expm1', expm1, [0, infinity, negativeInfinity, nan, -18, 88.8], [0, infinity, -1, nan, -1, infinity]],
    [
      'log',
      log,
      [0, -0, 1, infinity, negativeInfinity, -smallest, nan],
      [negativeInfinity, negativeInfinity, 0, infinity, nan, nan, nan],
    ],
    ['sigmoid', sigmoid, [0, infinity, 17.5, nan], [0.5, 1, 1, nan]],
    ['σ beside others', (v, x) => logisticFamily(v, x).sigmoid(x), [0, infinity, 17.5, nan], [0.5, 1, 1, nan]],
    ['softplus', (v, x) => logisticFamily(v, x).softplus(x), [infinity, 2 ** 100, nan], [infinity, 2 ** 100, nan]],
    [
      'x ^ 17',
      (v, x) => power(v, x, 17),
      [-1, 1, 0, infinity, negativeInfinity, nan],
      [-1, 1, 0, infinity, negativeInfinity, nan],
    ],
    ['x ^ −2', (v, x) => power(v, x, -2), [0, -0, infinity, -4], [infinity, infinity, 0, 1 / 16]],
    ['x ^ 0.7', (v, x) => power(v, x, 0.7), [0, 1, infinity, -1], [0, 1, infinity, nan]],
    ['x ^ −0.7', (v, x) => power(v, x, -0.7), [0, 1, infinity], [infinity, 1, 0]],
  ]
  test.each(cases)('%s', (_, f, inputs, expected) => {
    const { input, output, run } = compileVectorFunction(f)
    input.set(inputs)
    run()
    // 0 stands for either zero.
    expect(Array.from(output.subarray(0, inputs.length), (value) => value + 0)).toEqual(expected)
  })

  test('the seams of the steps of n log 2, from both sides: exp, expm1 and log', () => {
    for (const [f, reference, at] of [
      [exp, Math.exp, (n: number) => (n + 0.5) * Math.LN2],
      [expm1, Math.expm1, (n: number) => (n + 0.5) * Math.LN2],
      [log, Math.log, (n: number) => Math.SQRT1_2 * 2 ** n],
      [log, Math.log, (n: number) => 1 + n * 2 ** -20],
    ] as const) {
      const compiled = compileVectorFunction(f)
      const bits = new Uint32Array(compiled.input.buffer, 0, compiled.input.length)
      let worst = 0
      for (let n = -120; n < 126; n++) {
        compiled.input[0] = at(n)
        const middle = bits[0]!
        for (let index = 0; index < 512; index++) bits[index] = middle + index - 256
        compiled.run()
        for (let index = 0; index < 512; index++) {
          const expected = reference(compiled.input[index]!)
          const error = Math.abs(compiled.output[index]! - expected)
          if (Math.abs(expected) > 1.7e-38) worst = Math.max(worst, error / Math.abs(expected) / 2 ** -23)
        }
      }
      expect(worst).toBeLessThanOrEqual(f === expm1 ? 1.25 : 1)
    }
  })
})
