import {
  binaryCrossEntropy,
  CLASSES,
  createRandom,
  defineLoss,
  distributionBalancedLoss,
  ELEMENTS,
  evaluate,
  exp,
  focalLoss,
  input,
  type Loss,
  log,
  logSumExp,
  max,
  multiply,
  power,
  ROWS,
  SCALAR,
  sigmoid,
  statisticsFromCounts,
  subtract,
  sum,
} from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { wasmPlatform } from '../src/assembly/runtime.ts'
import { compileKernel, type Kernel } from '../src/index.ts'

/** Losses of 4 to 8 functions and 50 operations in float32; the sums are float64. */
const TOLERANCE = 32 * 2 ** -23

function randomBatch(batchSize: number, classCount: number, labelsOf: readonly number[] = [0, 1]) {
  const random = createRandom(100 * batchSize + classCount)
  const logits = Float32Array.from({ length: batchSize * classCount }, () => 8 * random.next() - 4)
  const labels = logits.map(() => labelsOf[random.integer(labelsOf.length)]!)
  return { logits, labels, batchSize }
}

function dbFocal(classCount: number): Loss {
  const classCounts = Array.from({ length: classCount }, (_, index) => 1 + ((index * 37) % 400))
  return distributionBalancedLoss(statisticsFromCounts({ classCounts, sampleCount: 1000 }), { mu: 0.3 })
}

/** Terms that are coupled over the classes and over the batch. */
const coupled = defineLoss({
  name: 'coupled',
  reduction: 'sum',
  formula: ({ logits, labels }) => multiply(labels, subtract(logSumExp(logits, 'classes'), logSumExp(logits, 'batch'))),
})

function expectReference(kernel: Kernel, batch: ReturnType<typeof randomBatch>, tolerance = TOLERANCE): void {
  const gradient = new Float32Array(batch.logits.length)
  const value = kernel.evaluate(batch.logits, batch.labels, gradient)
  const expected = evaluate(kernel.loss, batch)
  expect(Math.abs(value - expected.value)).toBeLessThanOrEqual(tolerance * Math.abs(expected.value))
  const largest = Math.max(...expected.gradient.map(Math.abs))
  const errors = gradient.map((derivative, index) => Math.abs(derivative - expected.gradient[index]!))
  expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance * largest)
}

describe('every number of classes from 1 to 40: whole vectors and what is left over', () => {
  test.each([1, 2, 3])('%i rows', (batchSize) => {
    for (let classCount = 1; classCount <= 40; classCount++) {
      const loss = dbFocal(classCount)
      expectReference(compileKernel(loss, { labels: 'hard' }), randomBatch(batchSize, classCount))
      expectReference(compileKernel(loss), randomBatch(batchSize, classCount, [0, 1, 0.5, -1]))
      // Differences of logarithms lose some digits.
      expectReference(compileKernel(coupled, { classCount }), randomBatch(batchSize, classCount), 4 * TOLERANCE)
    }
  })

  test('one row of 18,211 classes, and 5,000 rows of one', () => {
    expectReference(compileKernel(dbFocal(18_211), { labels: 'hard' }), randomBatch(1, 18_211))
    expectReference(compileKernel(dbFocal(1)), randomBatch(5000, 1))
  })
})

test('a maximum is found again in the loop that needs its place, for many values', () => {
  const largest = defineLoss({
    name: 'largest',
    reduction: 'sum',
    // With unknown labels masked, the loops that compute the sigmoid have formulas of their own for its operand.
    formula: ({ logits }) =>
      multiply(2, max(sigmoid(multiply(-0.4, power(logits, 2))), 'batch'), sum(logits, 'classes')),
  })
  const kernel = compileKernel(largest, { classCount: 40 })
  for (const batchSize of [2, 5, 9]) expectReference(kernel, randomBatch(batchSize, 40))
})

describe('arrays', () => {
  const classCount = 5
  const kernel = compileKernel(dbFocal(classCount), { outputs: ['gradient', 'elements', 'rows'] })
  const batch = randomBatch(3, classCount)

  test('those of the caller are read only, or filled as a whole and no further', () => {
    const copies = { logits: batch.logits.slice(), labels: batch.labels.slice() }
    const around = new Float32Array(batch.logits.length + 8).fill(7)
    kernel.evaluate(batch.logits, batch.labels, around.subarray(4, -4))
    expect({ logits: batch.logits, labels: batch.labels }).toEqual(copies)
    expect([...around.subarray(0, 4), ...around.subarray(-4)]).toEqual(Array(8).fill(7))
    expect(around.subarray(4, -4).every((value) => value !== 7)).toBe(true)
  })

  test('those of the kernel are used where they lie', () => {
    const gradient = new Float32Array(batch.logits.length)
    const value = kernel.evaluate(batch.logits, batch.labels, gradient)
    const own = kernel.arrays(3)
    own.logits.set(batch.logits)
    own.labels.set(batch.labels)
    own.gradient!.fill(0)
    expect(kernel.evaluate(own.logits, own.labels, own.gradient)).toBe(value)
    expect(own.gradient).toEqual(gradient)
    expect(kernel.arrays(3)).toBe(own)
  })

  test('those of the kernel are refused for another batch size, whose arrays would be laid out over them', () => {
    const other = compileKernel(binaryCrossEntropy(), { classCount: 5 })
    const own = other.arrays(4)
    own.labels.fill(1)
    const part = (array: Float32Array) => array.subarray(0, 10)
    const free = new Float32Array(10)
    const refusal = expect.objectContaining({ code: 'argument', message: expect.stringMatching(/2 rows/) })
    expect(() => other.evaluate(part(own.logits), free)).toThrow(refusal)
    expect(() => other.evaluate(free, part(own.labels))).toThrow(refusal)
    expect(() => other.evaluate(free, free, part(own.gradient!))).toThrow(refusal)
    // They are as they were, and still those of the kernel.
    expect(other.arrays(4)).toBe(own)
    expect(own.labels.every((label) => label === 1)).toBe(true)
    expect(other.evaluate(free, free)).toBeCloseTo(Math.LN2, 6)
  })

  test('elements and rows are filled where they are asked for, and agree with the value', () => {
    const elements = new Float64Array(batch.logits.length)
    const rows = new Float64Array(3)
    const value = kernel.evaluate(batch.logits, batch.labels, undefined, { elements, rows })
    const mean = (numbers: Float64Array): number => numbers.reduce((a, b) => a + b) / numbers.length
    expect(Math.abs(mean(elements) - value)).toBeLessThanOrEqual(TOLERANCE * value)
    expect(Math.abs(mean(rows) - value)).toBeLessThanOrEqual(TOLERANCE * value)
  })

  test('rows that a later pass reads are read from where they are filled', () => {
    // log Σ of rows: the gradient needs each row again, once all are summed.
    const rows = exp(multiply(0.3, sum(sigmoid(input('logits', ELEMENTS)), 'classes')))
    const loss: Loss = { ...binaryCrossEntropy(), rows, value: log(sum(rows, 'batch')) }
    expectReference(compileKernel(loss, { classCount: 5, outputs: ['gradient', 'rows'] }), randomBatch(4, 5))
  })

  test('float64 is taken and given', () => {
    const [single, double] = [new Float32Array(batch.logits.length), new Float64Array(batch.logits.length)]
    const value = kernel.evaluate(batch.logits, batch.labels, single)
    expect(kernel.evaluate(Float64Array.from(batch.logits), Float64Array.from(batch.labels), double)).toBe(value)
    expect(Array.from(double)).toEqual(Array.from(single))
  })

  test('batches of other sizes, back and forth, leave nothing behind', () => {
    const fresh = new Map<number, number>()
    for (const batchSize of [3, 1, 7, 200, 7, 1, 3, 200]) {
      const { logits, labels } = randomBatch(batchSize, classCount)
      const value = kernel.evaluate(logits, labels, new Float32Array(logits.length))
      fresh.set(batchSize, fresh.get(batchSize) ?? compileKernel(kernel.loss).evaluate(logits, labels))
      expect(value).toBe(fresh.get(batchSize))
    }
  })

  test('further inputs of every extent', () => {
    const loss = defineLoss({
      name: 'weighted',
      reduction: 'sum',
      inputs: { row: ROWS, byClass: CLASSES, number: SCALAR },
      formula: ({ logits, inputs: { row, byClass, number } }) => multiply(logits, row!, byClass!, number!),
    })
    const kernelOfInputs = compileKernel(loss, { classCount: 2 })
    const inputs = { row: Float32Array.of(1, 2), byClass: Float32Array.of(3, 4), number: Float32Array.of(5) }
    const gradient = new Float32Array(4)
    const value = kernelOfInputs.evaluate(Float32Array.of(1, 1, 1, 1), new Float32Array(4), gradient, { inputs })
    expect(Array.from(gradient)).toEqual([15, 20, 30, 40])
    expect(value).toBe(105)
    const own = kernelOfInputs.arrays(2).inputs
    own.row!.set([0, 1])
    expect(kernelOfInputs.evaluate(Float32Array.of(1, 1, 1, 1), new Float32Array(4), gradient, { inputs: own })).toBe(
      35,
    )
  })
})

describe('two kernels', () => {
  test('of one loss share their module and disturb each other in nothing', () => {
    const loss = dbFocal(6)
    const [first, second] = [compileKernel(loss), compileKernel(loss)]
    const [a, b] = [randomBatch(2, 6), randomBatch(5, 6)]
    const [gradientOfA, again] = [new Float32Array(12), new Float32Array(12)]
    const value = first.evaluate(a.logits, a.labels, gradientOfA)
    second.evaluate(b.logits, b.labels, new Float32Array(30))
    const own = first.arrays(2)
    expect(own.gradient).toEqual(gradientOfA)
    expect(first.evaluate(a.logits, a.labels, again)).toBe(value)
    expect(again).toEqual(gradientOfA)
  })

  test('a second kernel of a loss is not compiled again; another number of classes is', () => {
    const loss = focalLoss()
    let compiled = 0
    const platform = wasmPlatform()
    const { Module } = platform
    class CountingModule extends Module {
      constructor(bytes: Uint8Array<ArrayBuffer>) {
        super(bytes)
        compiled++
      }
    }
    platform.Module = CountingModule
    try {
      compileKernel(loss, { classCount: 3 })
      compileKernel(loss, { classCount: 3, outputs: ['gradient'] })
      expect(compiled).toBe(1)
      compileKernel(loss, { classCount: 4 })
      compileKernel(loss, { classCount: 4, labels: 'hard' })
      compileKernel(loss, { classCount: 4, outputs: [] })
      expect(compiled).toBe(4)
    } finally {
      platform.Module = Module
    }
  })
})

describe('what is wrong is refused before anything is written', () => {
  const loss = dbFocal(3)
  const kernel = compileKernel(loss)
  const hard = compileKernel(loss, { labels: 'hard' })
  const zeros = (length: number): Float32Array => new Float32Array(length)
  const untouched = (length: number): Float32Array => zeros(length).fill(7)
  interface Refusal {
    readonly title: string
    readonly kernel?: Kernel
    readonly logits: Float32Array | Float64Array
    readonly labels: Float32Array
    readonly gradient?: Float32Array
    readonly error: { readonly code: string; readonly argument: string }
  }
  const shape = { code: 'shape', argument: 'logits' }
  const refusals: readonly Refusal[] = [
    { title: 'no rows', logits: zeros(0), labels: zeros(0), error: { code: 'shape', argument: 'batchSize' } },
    { title: 'no whole row', logits: zeros(4), labels: zeros(4), error: { code: 'shape', argument: 'batchSize' } },
    { title: 'fewer labels', logits: zeros(6), labels: zeros(3), error: { code: 'shape', argument: 'labels' } },
    {
      title: 'a shorter gradient',
      logits: zeros(6),
      labels: zeros(6),
      gradient: untouched(5),
      error: { code: 'shape', argument: 'gradient' },
    },
    {
      title: 'a NaN among the logits',
      logits: Float32Array.of(0, Number.NaN, 0),
      labels: zeros(3),
      error: { ...shape, code: 'logits' },
    },
    {
      title: 'an infinite logit in the last lane of many',
      logits: zeros(30).with(29, Number.POSITIVE_INFINITY),
      labels: zeros(30),
      error: { ...shape, code: 'logits' },
    },
    {
      title: 'a logit beyond float32',
      logits: Float64Array.of(0, 1e39, 0),
      labels: zeros(3),
      error: { ...shape, code: 'logits' },
    },
    {
      title: 'a label of 2',
      logits: zeros(3),
      labels: Float32Array.of(0, 2, 0),
      error: { code: 'labels', argument: 'labels' },
    },
    ...[0.5, -1].map(
      (label): Refusal => ({
        title: `a label of ${label} for hard labels`,
        kernel: hard,
        logits: zeros(3),
        labels: Float32Array.of(0, 1, label),
        error: { code: 'labels', argument: 'labels' },
      }),
    ),
  ]
  test.each(refusals)('$title', ({ kernel: refusing = kernel, logits, labels, gradient, error }) => {
    const result = gradient ?? untouched(logits.length)
    expect(() => refusing.evaluate(logits, labels, result)).toThrow(
      expect.objectContaining({ name: 'DblossError', ...error }),
    )
    expect(result.every((value) => value === 7)).toBe(true)
    // The kernel is as good as before.
    expectReference(refusing, randomBatch(2, 3))
  })

  test('a NaN where the label is unknown is no error, and stays out', () => {
    const gradient = zeros(3)
    const value = kernel.evaluate(Float32Array.of(1, Number.NaN, -1), Float32Array.of(1, -1, 0), gradient)
    expect(value).toSatisfy(Number.isFinite)
    expect(gradient[1]).toBe(0)
    expect(gradient.every(Number.isFinite)).toBe(true)
  })

  test('outputs that are not computed', () => {
    const elements = zeros(3)
    expect(() => kernel.evaluate(zeros(3), zeros(3), undefined, { elements })).toThrow(
      expect.objectContaining({ code: 'argument', argument: 'elements' }),
    )
  })

  test.each([undefined, 0, 2.5, -3, Number.NaN])('a number of classes of %s', (classCount) => {
    const options = classCount === undefined ? {} : { classCount }
    expect(() => compileKernel(binaryCrossEntropy(), options)).toThrow(
      expect.objectContaining({ code: 'argument', argument: 'classCount' }),
    )
  })

  test('a number of classes that is not that of the loss', () => {
    expect(() => compileKernel(loss, { classCount: 4 })).toThrow(expect.objectContaining({ argument: 'classCount' }))
  })

  test.each([0, -1, 1.5, Number.NaN])('arrays for %s rows', (batchSize) => {
    expect(() => kernel.arrays(batchSize)).toThrow(expect.objectContaining({ code: 'shape', argument: 'batchSize' }))
  })

  test('a batch of more than 4 GiB, before memory is taken for it', () => {
    const before = kernel.arrays(2).logits.buffer.byteLength
    expect(() => kernel.arrays(2 ** 28)).toThrow(
      expect.objectContaining({ code: 'argument', argument: 'batchSize', message: expect.stringContaining('4 GiB') }),
    )
    const after = kernel.arrays(2).logits.buffer.byteLength
    expect(after).toBe(before)
    expectReference(kernel, randomBatch(2, 3))
  })
})

test('100,000 evaluations take no more memory than one', () => {
  const kernel = compileKernel(dbFocal(20), { labels: 'hard' })
  const { logits, labels } = randomBatch(4, 20)
  const gradient = new Float32Array(logits.length)
  const run = (count: number): void => {
    for (let index = 0; index < count; index++) kernel.evaluate(logits, labels, gradient)
  }
  run(20_000)
  const before = process.memoryUsage()
  const size = kernel.arrays(4).logits.buffer.byteLength
  run(100_000)
  const after = process.memoryUsage()
  expect(kernel.arrays(4).logits.buffer.byteLength).toBe(size)
  // 100,000 lost objects of 100 bytes would be 10 MB. The resident size hangs on the collector, too.
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6)
  expect(after.rss - before.rss).toBeLessThan(32e6)
})

test('a sum over many rows is exact where float32 would lose count', () => {
  const loss = defineLoss({
    name: 'count',
    reduction: 'sum',
    formula: ({ logits }) => multiply(logits, sum(multiply(logits, 0), 'classes')),
  })
  const ones = defineLoss({ name: 'ones', reduction: 'sum', formula: ({ logits }) => logits })
  const logits = new Float32Array(2 ** 18).fill(1 + 2 ** -10)
  const labels = new Float32Array(2 ** 18)
  expect(compileKernel(ones, { classCount: 4 }).evaluate(logits, labels)).toBe(2 ** 18 + 2 ** 8)
  expect(compileKernel(loss, { classCount: 4 }).evaluate(logits, labels)).toBe(0)
})
