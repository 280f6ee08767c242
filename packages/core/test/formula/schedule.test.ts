import { randomFormula } from '@dbloss/conformance'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  binaryCrossEntropy,
  CLASSES,
  defineLoss,
  distributionBalancedLoss,
  divide,
  ELEMENTS,
  type Expression,
  evaluateExpressions,
  exp,
  input,
  type Loss,
  logSumExp,
  lossProgram,
  multiply,
  type Phase,
  type ProgramOptions,
  schedule,
  statisticsFromCounts,
  sum,
} from '../../src/index.ts'
import { allLosses, allReductions } from '../losses/all-losses.ts'
import { runSchedule } from './run-schedule.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 300, 7], sampleCount: 1000 })
const runs = Number(process.env.DBLOSS_RANDOM_FORMULAS ?? 40)

function outputsOf(loss: Loss, options: ProgramOptions = {}): Expression[] {
  const { value, gradient, elements, rows } = lossProgram(loss, options)
  return [value, gradient, elements, rows].filter((output) => output !== undefined)
}

/** Value and gradient, as a training step needs them. */
function phasesOf(loss: Loss, labels: 'any' | 'hard'): Phase[] {
  const { value, gradient } = lossProgram(loss, { labels })
  return schedule([value, gradient])
}

/** For each phase, the number of its loops over classes. */
const shape = (phases: readonly Phase[]): string[] =>
  phases.map(({ over, steps }) => `${over} ${steps.filter(hasLoop).length}`)

const hasLoop = ({ elements, reductions, keeps }: Phase['steps'][number]): boolean =>
  elements.length + reductions.length + keeps.length > 0

const transcendental = new Set<Expression['kind']>(['exp', 'expm1', 'log', 'sigmoid', 'softplus', 'power'])
const dearIn = ({ steps }: Phase): Expression[] =>
  steps.flatMap(({ elements }) => elements.filter(({ kind }) => transcendental.has(kind)))

const keepsGradient = (phase: Phase, loss: Loss, labels: 'any' | 'hard'): boolean =>
  phase.steps.some(({ keeps }) => keeps.includes(lossProgram(loss, { labels }).gradient))

describe('passes over the batch', () => {
  test('BCE, summed: one pass, one loop', () => {
    expect(shape(phasesOf(binaryCrossEntropy({ reduction: 'sum' }), 'any'))).toEqual(['rows 1', 'batch 0'])
    expect(shape(phasesOf(binaryCrossEntropy({ reduction: 'sum' }), 'hard'))).toEqual(['rows 1', 'batch 0'])
  })

  test('BCE with hard labels, averaged: the divisor first, then one pass', () => {
    expect(shape(phasesOf(binaryCrossEntropy(), 'hard'))).toEqual(['batch 0', 'rows 1', 'batch 0'])
  })

  test('DB-Focal with hard labels: one pass of two loops, for the weights of a row need the sum over its labels', () => {
    const phases = phasesOf(distributionBalancedLoss(statistics, { mu: 0.3 }), 'hard')
    expect(shape(phases)).toEqual(['batch 0', 'rows 2', 'batch 0'])
    expect(phases[1]!.steps[0]!.reductions.map(({ kind, axis }) => `${kind} ${axis}`)).toEqual(['sum classes'])
  })

  test('DB-Focal with unknown labels: they are counted in a light pass; value and gradient share the next', () => {
    const loss = distributionBalancedLoss(statistics, { mu: 0.3 })
    const phases = phasesOf(loss, 'any')
    expect(shape(phases)).toEqual(['rows 1', 'batch 0', 'rows 2', 'batch 0'])
    const [count, , main] = phases as [Phase, Phase, Phase, Phase]
    expect(dearIn(count)).toEqual([])
    expect(count.steps[0]!.reads.map((node) => node.kind === 'input' && node.name)).toEqual(['labels'])
    expect(main.totals).toHaveLength(1)
    expect(keepsGradient(main, loss, 'any')).toBe(true)
  })

  test('a maximum over the rows comes before the pass that needs it, and only its weights are computed twice', () => {
    const loss = distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'batch' })
    const phases = phasesOf(loss, 'hard')
    expect(shape(phases)).toEqual(['rows 2', 'batch 0', 'rows 1', 'batch 0'])
    expect(phases[0]!.totals.map(({ kind }) => kind)).toEqual(['max'])
    expect(dearIn(phases[0]!).map(({ kind }) => kind)).toEqual(['sigmoid'])
  })
})

test('within a row, a function that two loops need is computed in the first and kept', () => {
  const z = input('z', ELEMENTS)
  const dear = exp(z)
  const [phase] = schedule([divide(dear, sum(dear, 'classes'))])
  expect(phase!.steps.map(({ elements }) => elements.map(({ kind }) => kind))).toEqual([['exp'], ['divide']])
  expect(phase!.steps[0]!.keeps).toEqual([dear])
  expect(phase!.steps[1]!.reads).toEqual([dear])
})

test('within a row, what is cheap is computed again', () => {
  const z = input('z', ELEMENTS)
  const cheap = add(z, 1)
  const [phase] = schedule([multiply(cheap, sum(cheap, 'classes'))])
  expect(phase!.steps.map(({ elements }) => elements.map(({ kind }) => kind))).toEqual([['add'], ['add', 'multiply']])
  expect(phase!.steps[0]!.keeps).toEqual([])
})

describe('a schedule gives what the reference gives', () => {
  const z = input('z', ELEMENTS)
  const byClass = input('byClass', CLASSES)
  const formulas: Readonly<Record<string, Expression>> = {
    'a leaf as output': z,
    'a value by class as output': sum(exp(z), 'batch'),
    'a function of values by class, used in rows': multiply(z, exp(add(byClass, sum(byClass, 'classes')))),
    'log-sum-exp over classes': add(z, logSumExp(z, 'classes')),
    'log-sum-exp over the batch': add(z, logSumExp(z, 'batch')),
    'both after one another': multiply(logSumExp(logSumExp(z, 'batch'), 'classes'), z),
    'rows that wait for the batch': multiply(sum(z, 'classes'), sum(sum(exp(z), 'classes'), 'batch')),
  }
  test.each(Object.entries(formulas))('%s', (_, formula) => {
    const context = {
      batchSize: 2,
      classCount: 3,
      inputs: { z: [1, -2, 0.5, 0.25, 3, -1], byClass: [0.1, -0.2, 0.3] },
    }
    expectSame([formula], context)
  })

  test.each(allLosses)('$title, with every reduction, for all labels and for hard ones', ({ create }) => {
    for (const reduction of allReductions) {
      const loss = create(statistics, { reduction })
      expectSame(outputsOf(loss), { ...batch, inputs: { ...batch.inputs, labels: [1, 0, -1, 0.3, 1, 0] } })
      expectSame(outputsOf(loss, { labels: 'hard' }), batch)
    }
  })

  test(`${runs} random formulas`, () => {
    for (let seed = 0; seed < runs; seed++) {
      const loss = defineLoss({ name: `randomFormula(${seed})`, formula: randomFormula(seed) })
      expectSame(outputsOf(loss), randomBatch(seed), loss.name)
    }
  }, 3_600_000)
})

test('a schedule in which anything is missing is noticed', () => {
  const outputs = outputsOf(distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'batch' }))
  const phases = schedule(outputs)
  expect(() => runSchedule(phases.slice(0, -1), outputs, batch)).toThrow('is not kept')
  expect(() => runSchedule(phases.toReversed(), outputs, batch)).toThrow('was not left by an earlier phase')
  const withSteps = (change: (step: Phase['steps'][number]) => Partial<Phase['steps'][number]>): Phase[] =>
    phases.map((phase) => ({ ...phase, steps: phase.steps.map((step) => ({ ...step, ...change(step) })) }))
  for (const changed of [
    withSteps(({ elements }) => ({ elements: elements.toReversed() })),
    withSteps(({ reads }) => ({ reads: reads.slice(1) })),
    withSteps(() => ({ reductions: [] })),
    withSteps(() => ({ scalars: [] })),
  ]) {
    expect(() => runSchedule(changed, outputs, batch)).toThrow(/before it is computed|by an earlier phase/)
  }
})

const batch = {
  batchSize: 2,
  classCount: 3,
  inputs: { logits: [2, -1.5, 0.5, -3, 0.25, 1], labels: [1, 0, 0, 0, 1, 1] },
}

/** A batch of random logits and labels: hard, soft and unknown. */
function randomBatch(seed: number) {
  const number = fc.double({ min: -4, max: 4, noNaN: true })
  const label = fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: 0, max: 1, noNaN: true }))
  const batches = fc.record({
    logits: fc.array(number, { minLength: 15, maxLength: 15 }),
    labels: fc.array(label, { minLength: 15, maxLength: 15 }),
  })
  return { batchSize: 3, classCount: 5, inputs: fc.sample(batches, { seed, numRuns: 1 })[0]! }
}

/** Both do the same operations in float64 on the same numbers, sums in the same order: every bit is the same. */
function expectSame(outputs: readonly Expression[], context: Parameters<typeof runSchedule>[2], name?: string): void {
  const expected = evaluateExpressions(outputs, context).map(({ data }) => data)
  expect(runSchedule(schedule(outputs), outputs, context), name).toEqual(expected)
}
