import { randomFormula } from '@dbloss/conformance'
import {
  classVector,
  createRandom,
  defineLoss,
  distributionBalancedLoss,
  divide,
  evaluateExpressions,
  focalLoss,
  type Loss,
  type LossDefinition,
  lossProgram,
  max,
  multiply,
  negativeTolerantLoss,
  ROWS,
  sigmoid,
  statisticsFromCounts,
  sum,
} from '@dbloss/core'
import { describe, expect, test, vi } from 'vitest'
import { compileJavaScriptKernel, compileKernel, kernelSource } from '../src/index.ts'

const statistics = statisticsFromCounts({ classCounts: [900, 300, 7, 40, 500], sampleCount: 1000 })
const batchSize = 3
const classCount = 5

function randomBatch(seed: number, labelsOf: readonly number[]) {
  const random = createRandom(seed)
  const logits = Float64Array.from({ length: batchSize * classCount }, () => 8 * random.next() - 4)
  const labels = logits.map(() => labelsOf[random.integer(labelsOf.length)]!)
  return { logits, labels }
}

/** The operations are those of the reference, in the same order: every bit is the same. */
function expectSame(loss: Loss, labelKind: 'any' | 'hard', seed: number): void {
  const { logits, labels } = randomBatch(seed, labelKind === 'hard' ? [0, 1] : [0, 1, 0.3, -1])
  const program = lossProgram(loss, { labels: labelKind })
  const names = (['gradient', 'elements', 'rows'] as const).filter((name) => program[name] !== undefined)
  const kernel = compileJavaScriptKernel(loss, { classCount, labels: labelKind, outputs: names })
  const results = Object.fromEntries(
    names.map((name) => [name, new Float64Array(name === 'rows' ? batchSize : logits.length)]),
  )
  const value = kernel.evaluate(logits, labels, results.gradient, results)
  const expected = evaluateExpressions([program.value, ...names.map((name) => program[name]!)], {
    batchSize,
    classCount,
    inputs: { logits, labels },
  }).map(({ data }) => data)
  expect([Float64Array.of(value), ...names.map((name) => results[name])], loss.name).toEqual(expected)
}

describe('the JavaScript of a kernel computes what the reference computes, bit for bit', () => {
  const losses: readonly Loss[] = [
    focalLoss(),
    focalLoss({ gamma: 0.5, reduction: 'none' }),
    negativeTolerantLoss(statistics, { reduction: 'batchmean' }),
    ...(['instance', 'batch'] as const).map((weightNormalization) =>
      distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization, reduction: 'sum' }),
    ),
    distributionBalancedLoss(statistics, { mu: 0.3, variant: 'released' }),
  ]
  test.each(['any', 'hard'] as const)('losses, for %s labels', (labels) => {
    for (const [seed, loss] of losses.entries()) expectSame(loss, labels, seed)
  })

  test('a part that two phases keep for their rows', () => {
    const formula: LossDefinition['formula'] = ({ logits }) => {
      const scores = sigmoid(logits)
      const shares = divide(scores, sum(scores, 'classes'))
      return multiply(shares, max(max(shares, 'classes'), 'batch'))
    }
    for (const labels of ['any', 'hard'] as const) expectSame(defineLoss({ name: 'shares', formula }), labels, 1)
  })

  test('60 random formulas', () => {
    for (let seed = 0; seed < 60; seed++) {
      expectSame(defineLoss({ name: `randomFormula(${seed})`, formula: randomFormula(seed) }), 'any', seed)
    }
  })
})

describe('the text', () => {
  const loss = distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'instance' })

  test('names the parts of the formula as the formula does', () => {
    const text = kernelSource(loss, { labels: 'hard' })
    for (const name of ['z', 'y', 'r', 'w', 'zPrime']) expect(text).toContain(`const ${name} = `)
    expect(text).toContain('// distribution-balanced, mean, of 5 classes; labels are 0 or 1')
  })

  test('is a module that gives the same without this package', async () => {
    const { logits, labels } = randomBatch(1, [0, 1])
    const text = kernelSource(loss, { labels: 'hard' })
    const module = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)
    const gradient = new Float64Array(logits.length)
    const value = module.evaluate({ B: batchSize, logits, labels, inputs: {}, gradient })
    const expected = new Float64Array(logits.length)
    expect(value).toBe(compileJavaScriptKernel(loss, { labels: 'hard' }).evaluate(logits, labels, expected))
    expect(gradient).toEqual(expected)
  })

  test('holds more classes than a call takes arguments', () => {
    const weights = Float64Array.from({ length: 70_000 }, (_, index) => index)
    const weighted = defineLoss({
      name: 'weighted',
      reduction: 'sum',
      formula: ({ logits }) => multiply(classVector('weights', weights), logits),
    })
    const kernel = compileJavaScriptKernel(weighted, { classCount: weights.length })
    expect(kernel.evaluate(new Float32Array(70_000).fill(1), new Float32Array(70_000))).toBe((70_000 * 69_999) / 2)
  })

  test('holds names of users as text only', () => {
    const name = `difficulty'"]; throw 1 //\n throw 2 \u2028 throw 3 \\`
    const hostile = defineLoss({
      name,
      inputs: { [name]: ROWS },
      reduction: 'sum',
      formula: ({ logits, inputs }) => multiply(inputs[name]!, classVector(name, [1, 2]), logits),
    })
    const inputs = { [name]: Float64Array.of(3) }
    const logits = Float64Array.of(1, 1)
    const kernel = compileJavaScriptKernel(hostile, { classCount: 2 })
    expect(kernel.evaluate(logits, Float64Array.of(0, 0), undefined, { inputs })).toBe(9)
  })
})

test('what must not be compiled from text is refused with the way out', () => {
  class ForbiddenFunction {
    constructor() {
      throw new EvalError('unsafe-eval is not an allowed source of script')
    }
  }
  vi.stubGlobal('Function', ForbiddenFunction)
  try {
    const attempt = (): unknown => compileJavaScriptKernel(focalLoss(), { classCount: 2 })
    expect(attempt).toThrow(expect.objectContaining({ name: 'DblossError', code: 'runtime' }))
    expect(attempt).toThrow('unsafe-eval is not an allowed source')
  } finally {
    vi.unstubAllGlobals()
  }
})

test('hard labels and shapes are checked as WebAssembly kernels check them', () => {
  const [wasm, javascript] = [compileKernel, compileJavaScriptKernel].map((compile) =>
    compile(focalLoss(), { classCount: 2, labels: 'hard' }),
  )
  const messageOf = (attempt: () => unknown): string => {
    try {
      attempt()
    } catch (error) {
      return (error as Error).message
    }
    return 'nothing is thrown'
  }
  const cases: readonly [number[], number[], number][] = [
    [[1, 2], [0.5, 1], 2],
    [[1, 2], [-1, 1], 2],
    [[1, Number.NaN], [0, 1], 2],
    [[1, 2, 3], [0, 1, 1], 3],
    [[1, 2], [0, 1], 3],
  ]
  for (const [logits, labels, length] of cases) {
    const [first, second] = [wasm, javascript].map((kernel) =>
      messageOf(() => kernel!.evaluate(Float64Array.from(logits), Float64Array.from(labels), new Float64Array(length))),
    )
    expect(second).toBe(first)
    expect(first).not.toBe('nothing is thrown')
  }
})
