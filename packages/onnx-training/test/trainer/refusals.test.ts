import type { DblossErrorCode } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FrozenActivations, ModelInputs, Trainer, TrainingBatch } from '../../src/index.ts'
import { createSmallTrainer } from './support/create.ts'
import { observeOrt } from './support/observe-ort.ts'
import { smallBatch } from './support/small-batch.ts'
import { CLASSES, FEATURES } from './support/small-model.ts'

const good = smallBatch(2, 1)
const { labels, batchSize } = good
const at = (index: number, value: number, values: Float64Array): Float64Array => values.with(index, value)

let calls = 0
const counted = observeOrt(ort, { creating: () => calls++, ran: () => calls++ })
let trainer: Trainer
let activations: FrozenActivations['activations']

beforeAll(async () => {
  trainer = await createSmallTrainer({ ort: counted })
  activations = (await trainer.precompute(good)).activations
  await trainer.step([good, good])
})
afterAll(() => trainer.dispose())

/** That a call is refused, that no session was made or run for it, and that the state is what it was. */
async function refused(call: () => Promise<unknown>, code: DblossErrorCode, message: string): Promise<void> {
  const state = await trainer.state()
  const before = calls
  await expect(call()).rejects.toThrow(
    expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) }),
  )
  expect(calls).toBe(before)
  expect(await trainer.state()).toEqual(state)
}

const x = good.inputs.x
type Refusal = [what: string, samples: () => ModelInputs | FrozenActivations, code: DblossErrorCode, message: string]
const badSamples: Refusal[] = [
  ['no input', () => ({ inputs: {}, batchSize }), 'argument', 'inputs.x is missing; expected a Float64Array'],
  [
    'an unknown input',
    () => ({ inputs: { x, pixels: x }, batchSize }),
    'argument',
    "inputs names 'pixels'; the model has x",
  ],
  [
    'too few values',
    () => ({ inputs: { x: x.slice(1) }, batchSize }),
    'shape',
    `inputs.x has ${2 * FEATURES - 1} values; expected [2, ${FEATURES}]`,
  ],
  ['NaN', () => ({ inputs: { x: at(3, Number.NaN, x) }, batchSize }), 'argument', 'inputs.x[3] is NaN'],
  ['infinity', () => ({ inputs: { x: at(0, -Infinity, x) }, batchSize }), 'argument', 'inputs.x[0] is -Infinity'],
  [
    'integers for numbers',
    () => ({ inputs: { x: new BigInt64Array(8) }, batchSize }),
    'argument',
    'inputs.x is BigInt64Array; expected a Float64Array',
  ],
  ['a batch size of 0', () => ({ inputs: { x }, batchSize: 0 }), 'argument', 'batchSize is 0'],
  ['a batch size of 1.5', () => ({ inputs: { x }, batchSize: 1.5 }), 'argument', 'batchSize is 1.5'],
  ['no activations', () => ({ activations: {}, batchSize }), 'argument', 'is missing; expected a Float64Array'],
  ['activations of another batch size', () => ({ activations, batchSize: 3 }), 'shape', 'expected [3, 6]'],
]

describe('samples are refused before a session runs', () => {
  test.each(badSamples)('%s', async (_, samples, code, message) => {
    await refused(() => trainer.step({ ...samples(), labels }), code, message)
    await refused(() => trainer.predict(samples()), code, message)
    await refused(() => trainer.evaluate({ ...samples(), labels }), code, message)
  })

  test('the second of several batches, too', async () => {
    for (const [, samples, code, message] of badSamples) {
      await refused(() => trainer.step([good, { ...samples(), labels }]), code, message)
    }
  })
})

describe('labels are refused before a session runs', () => {
  test.each<[string, Partial<TrainingBatch>, DblossErrorCode, string]>([
    ['of other columns', { labels: new Float64Array(2 * (CLASSES + 1)) }, 'shape', 'labels has 4 columns'],
    ['that rows do not divide', { labels: new Float64Array(5) }, 'shape', 'labels has 5 values'],
    ['none', { labels: new Float64Array(0) }, 'shape', 'labels has 0 values'],
    ['of 2', { labels: at(4, 2, labels) }, 'labels', 'labels[1, 1] is 2'],
    ['of NaN', { labels: at(0, Number.NaN, labels) }, 'labels', 'labels[0, 0] is NaN'],
  ])('%s', async (_, change, code, message) => {
    const bad = { ...good, ...change } as TrainingBatch
    await refused(() => trainer.step(bad), code, message)
    await refused(() => trainer.step([good, bad]), code, message)
    await refused(() => trainer.evaluate(bad), code, message)
  })

  test('a list of no batches', () => refused(() => trainer.step([]), 'argument', 'step was given no batch'))
})

describe('a trainer is refused', () => {
  test('for settings of the optimizer out of range', async () => {
    const optimizer = { kind: 'sgd', learningRate: -1 } as const
    await expect(createSmallTrainer({ optimizer })).rejects.toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('learningRate is -1') }),
    )
  })

  test.each([0, 1.5])('for %s stretches', async (recomputedStretches) => {
    await expect(createSmallTrainer({ recomputedStretches })).rejects.toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('recomputedStretches') }),
    )
  })
})

describe('a state is refused', () => {
  test.each<[string, (state: Awaited<ReturnType<Trainer['state']>>) => unknown, DblossErrorCode, string]>([
    [
      'without a tensor',
      ({ step }) => ({ step, tensors: {} }),
      'shape',
      "tensors['blocks.0.norm.weight'] has no values",
    ],
    [
      'with a tensor of another size',
      ({ step, tensors }) => ({ step, tensors: { ...tensors, 'head.bias': new Float64Array(2) } }),
      'shape',
      "tensors['head.bias'] has 2 values; expected 3",
    ],
    ['with half a step', ({ tensors }) => ({ step: 0.5, tensors }), 'argument', 'step is 0.5'],
  ])('%s', async (_, change, code, message) => {
    const state = await trainer.state()
    expect(() => trainer.restore(change(state) as typeof state)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    )
    expect(await trainer.state()).toEqual(state)
  })
})
