import { randomFormula } from '@dbloss/conformance'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  binaryCrossEntropy,
  defineLoss,
  distributionBalancedLoss,
  divide,
  type Expression,
  evaluateExpressions,
  type FormulaContext,
  focalLoss,
  type Loss,
  less,
  log,
  lossProgram,
  multiply,
  power,
  select,
  statisticsFromCounts,
  subtract,
  topologicalOrder,
} from '../../src/index.ts'
import { allLosses, allReductions } from '../losses/all-losses.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 300, 7], sampleCount: 1000 })
const propertyRuns = Number(process.env.DBLOSS_PROPERTY_RUNS ?? 5)
const formulaCount = Number(process.env.DBLOSS_RANDOM_FORMULAS ?? 50)

interface HardBatch {
  readonly batchSize: number
  readonly logits: readonly number[]
  readonly labels: readonly number[]
}

function batches(classCount: number): fc.Arbitrary<HardBatch> {
  const of = <T>(element: fc.Arbitrary<T>, length: number) =>
    fc.array(element, { minLength: length, maxLength: length })
  return fc.integer({ min: 1, max: 4 }).chain((batchSize) =>
    fc.record({
      batchSize: fc.constant(batchSize),
      logits: of(fc.double({ min: -6, max: 6, noNaN: true }), batchSize * classCount),
      labels: of(fc.constantFrom(0, 1), batchSize * classCount),
    }),
  )
}

/** Value and gradient, rounded after each operation where `round` is given. */
function evaluateProgram(
  loss: Loss,
  labels: 'any' | 'hard',
  { batchSize, ...inputs }: HardBatch,
  round?: (value: number) => number,
): { readonly value: number; readonly gradient: Float64Array } {
  const program = lossProgram(loss, { labels })
  const context = {
    batchSize,
    classCount: inputs.logits.length / batchSize,
    inputs,
    ...(round === undefined ? {} : { round }),
  }
  const [value, gradient] = evaluateExpressions([program.value, program.gradient], context)
  return { value: value!.data[0]!, gradient: gradient!.data }
}

/** The two programs are the same number, computed in another order: they differ by the rounding of float64. */
function expectSame(loss: Loss, batch: HardBatch, tolerance: number): void {
  const hard = evaluateProgram(loss, 'hard', batch)
  const any = evaluateProgram(loss, 'any', batch)
  const largest = Math.max(...any.gradient.map(Math.abs))
  expect(Math.abs(hard.value - any.value), loss.name).toBeLessThanOrEqual(tolerance * (Math.abs(any.value) + 1e-3))
  const error = Math.max(...hard.gradient.map((derivative, index) => Math.abs(derivative - any.gradient[index]!)))
  expect(error, loss.name).toBeLessThanOrEqual(tolerance * (largest + 1e-3))
}

describe('value and gradient equal those of the program for any labels', () => {
  test.each(allLosses)('$title', ({ create }) => {
    for (const reduction of allReductions) {
      const loss = create(statistics, { reduction })
      // Some fifty operations, each with an error of eps.
      const property = fc.property(batches(3), (batch) => expectSame(loss, batch, 50 * Number.EPSILON))
      fc.assert(property, { numRuns: propertyRuns })
    }
  })

  test(`${formulaCount} random formulas`, () => {
    for (let seed = 0; seed < formulaCount; seed++) {
      const loss = defineLoss({ name: `randomFormula(${seed})`, formula: randomFormula(seed) })
      const [batch] = fc.sample(batches(5), { seed, numRuns: 1 })
      // Terms of random formulas may cancel, and divisors be small.
      expectSame(loss, batch!, 1e-9)
    }
  }, 3_600_000)
})

describe('programs are small', () => {
  const nodesOf = (loss: Loss, labels: 'any' | 'hard'): Expression[] => {
    const { value, gradient } = lossProgram(loss, { labels })
    return topologicalOrder([value, gradient])
  }
  const countOf = (nodes: readonly Expression[], kind: Expression['kind']): number =>
    nodes.filter((node) => node.kind === kind).length

  test('DB-Focal has the sigmoid of its weights, σ and softplus of the logit with the sign of its label, and σ(−·)', () => {
    const nodes = nodesOf(distributionBalancedLoss(statistics, { mu: 0.3 }), 'hard')
    expect(nodes.length).toBeLessThanOrEqual(50)
    expect(countOf(nodes, 'sigmoid')).toBe(3)
    expect(countOf(nodes, 'softplus')).toBe(1)
    expect(['exp', 'expm1', 'log'].map((kind) => countOf(nodes, kind as Expression['kind']))).toEqual([0, 0, 0])
  })

  test('BCE is one softplus and one sigmoid', () => {
    const nodes = nodesOf(binaryCrossEntropy(), 'hard')
    expect([countOf(nodes, 'sigmoid'), countOf(nodes, 'softplus')]).toEqual([1, 1])
  })

  test.each(allLosses)('$title has at most 0.8 of the nodes, and no more functions', ({ create }) => {
    const loss = create(statistics, {})
    const [any, hard] = [nodesOf(loss, 'any'), nodesOf(loss, 'hard')]
    expect(hard.length).toBeLessThanOrEqual(0.8 * any.length)
    const functions = (nodes: readonly Expression[]): number => countOf(nodes, 'sigmoid') + countOf(nodes, 'softplus')
    expect(functions(hard)).toBeLessThanOrEqual(functions(any))
  })

  test('unknown labels are no longer asked for', () => {
    const thresholds = nodesOf(focalLoss(), 'hard').flatMap((node) =>
      node.kind === 'select' ? [node.condition.left, node.condition.right] : [],
    )
    expect(thresholds.filter((node) => node.kind === 'constant').map((node) => node.value)).toEqual([0.5])
  })
})

describe('numbers that an arm would give where it is not taken stay out', () => {
  /** What each formula is, with its derivative, at the logit −2 with label 1 and at the logit 2 with label 0. */
  const cases: readonly [string, (context: FormulaContext) => Expression, number[], number[]][] = [
    [
      'a logarithm of what is negative',
      ({ logits, labels }) => select(less(0.5, labels), logits, log(logits)),
      [-2, Math.LN2],
      [1, 0.5],
    ],
    [
      'a root of what is negative',
      ({ logits, labels }) => select(less(0.5, labels), logits, power(logits, 0.5)),
      [-2, Math.SQRT2],
      [1, 0.5 / Math.SQRT2],
    ],
    [
      'a division by 0',
      ({ logits, labels }) => select(less(0.5, labels), logits, divide(1, add(logits, 2))),
      [-2, 0.25],
      [1, -1 / 16],
    ],
    [
      'one function of two operands',
      ({ logits, labels }) => select(less(0.5, labels), log(subtract(3, logits)), log(logits)),
      [Math.log(5), Math.LN2],
      [-0.2, 0.5],
    ],
    [
      'a logarithm that a factor of 0 takes out',
      ({ logits, labels }) => add(multiply(labels, logits), multiply(subtract(1, labels), log(logits))),
      [-2, Math.LN2],
      [1, 0.5],
    ],
  ]
  test.each(cases)('%s', (_, formula, values, derivatives) => {
    const loss = defineLoss({ name: 'arms', reduction: 'sum', formula })
    const { value, gradient } = evaluateProgram(loss, 'hard', { batchSize: 1, logits: [-2, 2], labels: [1, 0] })
    expect(value).toBeCloseTo(values[0]! + values[1]!, 12)
    for (const [index, derivative] of derivatives.entries()) expect(gradient[index]).toBeCloseTo(derivative, 12)
  })

  test.each(allLosses)('$title is finite in float32 for logits up to ±10⁴', ({ create }) => {
    const loss = create(statistics, {})
    const logits = [1e4, -1e4, 90, -90, 1e4, -1e4, 90, -90, 0, 1e-30, 17, -17]
    const labels = [1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0]
    const { value, gradient } = evaluateProgram(loss, 'hard', { batchSize: 4, logits, labels }, Math.fround)
    expect(value).toSatisfy(Number.isFinite)
    expect(gradient).toSatisfy((numbers: Float64Array) => numbers.every(Number.isFinite))
  })
})
