import { describe, expect, test } from 'vitest'
import { closingRules } from '../../src/formula/rules.ts'
import {
  add,
  classVector,
  constant,
  differentiate,
  divide,
  ELEMENTS,
  type Expression,
  evaluateExpressions,
  exp,
  input,
  less,
  log,
  multiply,
  negate,
  power,
  type RuleName,
  select,
  sigmoid,
  simplificationRules,
  simplify,
  softplus,
  subtract,
  sum,
  topologicalOrder,
} from '../../src/index.ts'

const z = input('z', ELEMENTS)

const at = (expression: Expression, value: number, round?: (value: number) => number): number =>
  evaluateExpressions([expression], {
    batchSize: 1,
    classCount: 1,
    inputs: { z: [value] },
    ...(round === undefined ? {} : { round }),
  })[0]!.data[0]!

const nodeCount = (expression: Expression): number => topologicalOrder([expression]).length

interface RuleCase {
  readonly rule: RuleName
  /** What holds with the rule and does not without it. */
  readonly holds: (without: readonly RuleName[]) => boolean
}

/** Simplified, differentiated and simplified again, as losses are. */
function derivative(expression: Expression, without: readonly RuleName[]): Expression {
  const [root] = simplify([expression], { without })
  return simplify([differentiate(root!, 'z')], { without })[0]!
}

const close = (actual: number, expected: number, relative: number): boolean =>
  Math.abs(actual - expected) <= relative * Math.abs(expected)

const cases: readonly RuleCase[] = [
  {
    rule: 'fold-constants',
    // (1e8 + 1) − 1e8 by class is 1 in float64, and 0 when float32 computes it.
    holds: (without) => {
      const folded = subtract(add(classVector('a', [1e8]), 1), classVector('b', [1e8]))
      return at(simplify([folded], { without })[0]!, 0, Math.fround) === 1
    },
  },
  {
    rule: 'neutral-element',
    // A vanished term beside an overflow: 0 · e^1000.
    holds: (without) => at(simplify([add(1, multiply(0, exp(z)))], { without })[0]!, 1000) === 1,
  },
  {
    rule: 'negation',
    // log(−(−σ(z))) is seen by the rule for log σ only without the double negation.
    holds: (without) => at(simplify([log(negate(negate(sigmoid(z))))], { without })[0]!, -1000) === -1000,
  },
  {
    rule: 'gather-constants',
    // (z · 10) · 0.1 overflows in float32 for z = 2e38; 1 · z does not.
    holds: (without) => at(simplify([multiply(multiply(z, 10), 0.1)], { without })[0]!, 2e38, Math.fround) < Infinity,
  },
  {
    rule: 'equal-arms',
    holds: (without) => nodeCount(simplify([select(less(z, 0), 1, 1)], { without })[0]!) === 1,
  },
  {
    rule: 'known-condition',
    holds: (without) => simplify([select(less(0, 1), z, exp(z))], { without })[0]!.kind === 'input',
  },
  {
    rule: 'trivial-power',
    holds: (without) =>
      nodeCount(simplify([power(z, 1)], { without })[0]!) === 1 &&
      nodeCount(simplify([power(z, 0)], { without })[0]!) === 1,
  },
  {
    rule: 'complement-of-sigmoid',
    holds: (without) => {
      const [simplified] = simplify([subtract(1, sigmoid(z))], { without })
      return close(at(simplified!, 20, Math.fround), Math.exp(-20), 1e-6)
    },
  },
  {
    rule: 'complement-of-exponential',
    holds: (without) => {
      const [simplified] = simplify([subtract(1, exp(z))], { without })
      return close(at(simplified!, -1e-6, Math.fround), 1e-6, 1e-6)
    },
  },
  {
    rule: 'log-of-sigmoid',
    holds: (without) => at(simplify([log(sigmoid(z))], { without })[0]!, -1000) === -1000,
  },
  {
    rule: 'power-of-sigmoid',
    holds: (without) => at(derivative(power(sigmoid(z), 0.5), without), -1e4) === 0,
  },
  {
    rule: 'sigmoid-from-exponential',
    // σ(z)² in place of two functions more.
    holds: (without) => {
      const [simplified] = simplify([exp(multiply(-2, softplus(negate(z))))], { without, isComplete: true })
      return topologicalOrder([simplified!]).every(({ kind }) => kind !== 'exp' && kind !== 'softplus')
    },
  },
  {
    rule: 'reciprocal',
    // One division for each row, none for each element.
    holds: (without) => {
      const [simplified] = simplify([divide(input('x', ELEMENTS), sum(input('x', ELEMENTS), 'classes'))], {
        without,
        isComplete: true,
      })
      return topologicalOrder([simplified!]).every(({ kind, extent }) => kind !== 'divide' || !extent.classes)
    },
  },
  {
    rule: 'common-factor',
    // x e^x − x y is x (e^x − y), with one product.
    holds: (without) => {
      const y = input('labels', ELEMENTS)
      const [simplified] = simplify([subtract(multiply(z, exp(z)), multiply(y, z))], { without, isComplete: true })
      return topologicalOrder([simplified!]).filter(({ kind }) => kind === 'multiply').length === 1
    },
  },
  {
    rule: 'hoist-select',
    // x where x < 1, else log(x − 1) squared: at x = 0 the arm not taken is NaN.
    holds: (without) => {
      const risky = select(less(z, 1), z, power(log(subtract(z, 1)), 2))
      return at(derivative(risky, without), 0) === 1
    },
  },
]

describe('every simplification rule has a case that fails without it', () => {
  test('no rule is missing here', () => {
    expect(cases.map(({ rule }) => rule).sort()).toEqual(
      [...new Set([...simplificationRules, ...closingRules].map(({ name }) => name))].sort(),
    )
  })
  test.each(cases)('$rule', ({ rule, holds }) => {
    expect(holds([])).toBe(true)
    expect(holds([rule])).toBe(false)
  })
})

describe('sharing', () => {
  test('equal parts become one node, also across roots', () => {
    const [first, second] = simplify([multiply(exp(input('z', ELEMENTS)), 2), add(exp(input('z', ELEMENTS)), 3)])
    // z, e^z, 2, ·, 3, +
    expect(topologicalOrder([first!, second!])).toHaveLength(6)
  })
  test('inputs of different names stay apart', () => {
    const [simplified] = simplify([subtract(input('a', ELEMENTS), input('b', ELEMENTS))])
    expect(nodeCount(simplified!)).toBe(3)
  })
})

describe('extents', () => {
  test('a sum of what became constant over its axis is a multiple', () => {
    const [simplified] = simplify([sum(sum(power(z, 0), 'classes'), 'batch')])
    const [value] = evaluateExpressions([simplified!], {
      batchSize: 2,
      classCount: 3,
      inputs: { z: new Float64Array(6) },
    })
    expect(Array.from(value!.data)).toEqual([6])
  })
  test('constants that are not finite are not folded', () => {
    const [simplified] = simplify([divide(constant(1), constant(0))])
    expect(simplified!.kind).toBe('divide')
  })
})
