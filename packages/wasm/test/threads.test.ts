import { Worker } from 'node:worker_threads'
import {
  binaryCrossEntropy,
  createRandom,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  type Loss,
  max,
  multiply,
  presets,
  sigmoid,
  statisticsFromCounts,
  subtract,
  sum,
} from '@dbloss/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileKernel, type KernelThreads, startKernelThreads } from '../src/index.ts'
import { WORDS, word } from '../src/threads/control.ts'
import { workerSource } from '../src/threads/worker-source.ts'

const classCount = 333
const statistics = statisticsFromCounts({
  classCounts: Array.from({ length: classCount }, (_, index) => 1 + (index % 50)),
  sampleCount: 500,
})

function randomBatch(batchSize: number) {
  const random = createRandom(batchSize)
  const size = batchSize * classCount
  return {
    logits: Float32Array.from({ length: size }, () => 8 * random.next() - 4),
    labels: Float32Array.from({ length: size }, () => (random.next() < 0.1 ? 1 : random.next() < 0.1 ? -1 : 0)),
    batchSize,
  }
}

/** Sums and maxima over the batch, by class and of rows. */
const coupled = defineLoss({
  name: 'coupled',
  reduction: 'sum',
  formula: ({ logits, labels }) => {
    const scores = sigmoid(logits)
    const most = max(scores, 'batch')
    const total = sum(multiply(scores, labels), 'batch')
    const highest = max(max(scores, 'classes'), 'batch')
    return multiply(subtract(most, scores), total, highest)
  },
})

describe.each([2, 3])('%i threads', (count) => {
  let threads: KernelThreads
  beforeAll(async () => {
    threads = await startKernelThreads(count)
  })
  afterAll(() => threads.dispose())

  test.each<[string, Loss]>([
    ['BCE', binaryCrossEntropy()],
    ['DB-Focal', distributionBalancedLoss(statistics, { ...presets.cocoMlt, mu: 0.3 })],
    ['sums and maxima over the batch', coupled],
  ])('%s is what one thread gives', (_, loss) => {
    const alone = compileKernel(loss, { classCount })
    const together = compileKernel(loss, { classCount, threads })
    for (const batchSize of [1, 200, 100]) {
      const { logits, labels } = randomBatch(batchSize)
      const [expected, got] = [new Float32Array(logits.length), new Float32Array(logits.length)]
      const value = alone.evaluate(logits, labels, expected)
      // Sums are added in another order, in float64.
      expect(together.evaluate(logits, labels, got)).toBeCloseTo(value, 5 - Math.ceil(Math.log10(Math.abs(value) + 1)))
      const largest = expected.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
      const error = expected.reduce((most, each, index) => Math.max(most, Math.abs(each - got[index]!)), 0)
      expect(error).toBeLessThanOrEqual(4 * 2 ** -23 * largest)
      // The same again, to the bit.
      const again = new Float32Array(logits.length)
      expect(together.evaluate(logits, labels, again)).toBe(together.evaluate(logits, labels, got))
      expect(Buffer.from(again.buffer).equals(Buffer.from(got.buffer))).toBe(true)
    }
  })

  test('equals the float64 reference', () => {
    const loss = distributionBalancedLoss(statistics, { mu: 0.3 })
    const batch = randomBatch(120)
    const gradient = new Float32Array(batch.logits.length)
    const value = compileKernel(loss, { threads }).evaluate(batch.logits, batch.labels, gradient)
    const expected = evaluate(loss, batch)
    expect(Math.abs(value - expected.value)).toBeLessThan(1e-6 * expected.value)
    const largest = Math.max(...expected.gradient.map(Math.abs))
    const error = gradient.reduce((most, each, index) => Math.max(most, Math.abs(each - expected.gradient[index]!)), 0)
    expect(error).toBeLessThan(1e-6 * largest)
  })
})

describe('threads', () => {
  test('that are disposed of refuse to work', async () => {
    const threads = await startKernelThreads(2)
    const kernel = compileKernel(binaryCrossEntropy(), { classCount, threads })
    await threads.dispose()
    const { logits, labels } = randomBatch(200)
    expect(() => kernel.evaluate(logits, labels)).toThrow(/threads of this kernel are disposed of/)
    expect(() => compileKernel(binaryCrossEntropy(), { classCount, threads })).toThrow(/disposed of/)
  })

  test.each([0, 1.5, Number.NaN])('a count of %d is refused', async (count) => {
    await expect(startKernelThreads(count)).rejects.toMatchObject({ name: 'DblossError', code: 'argument' })
  })

  test('of another kind are refused', () => {
    const threads = { count: 2, dispose: async () => undefined }
    expect(() => compileKernel(binaryCrossEntropy(), { classCount, threads })).toThrow(
      /not those of startKernelThreads/,
    )
  })

  test.each(['commonjs', 'module'])('obey where the text of the process is %s', async (type) => {
    const worker = new Worker(workerSource, { eval: true, execArgv: [`--input-type=${type}`] })
    const control = new Int32Array(new SharedArrayBuffer(4 * WORDS))
    worker.postMessage({ control, thread: 1, threadCount: 2 })
    // There is no kernel: the worker tells that it has failed, and that it is done.
    Atomics.add(control, word.command, 1)
    await expect.poll(() => Atomics.load(control, word.done), { timeout: 10_000 }).toBe(1)
    expect(Atomics.load(control, word.failed)).toBe(1)
    await worker.terminate()
  })

  test('serve several kernels in turns', async () => {
    const threads = await startKernelThreads(2)
    const { logits, labels } = randomBatch(150)
    const losses = [binaryCrossEntropy(), distributionBalancedLoss(statistics, { mu: 0.3 })]
    const alone = losses.map((loss) => compileKernel(loss, { classCount }).evaluate(logits, labels))
    const kernels = losses.map((loss) => compileKernel(loss, { classCount, threads }))
    for (let round = 0; round < 3; round++) {
      for (const [index, kernel] of kernels.entries()) {
        expect(kernel.evaluate(logits, labels)).toBeCloseTo(alone[index]!, 6)
      }
    }
    await threads.dispose()
  })
})
