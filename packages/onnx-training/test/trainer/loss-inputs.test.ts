import { join } from 'node:path'
import { type DblossErrorCode, defineLoss, ELEMENTS, evaluate, type Loss, power, subtract } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { droppingLoss, remindingLoss } from '../../../../test-support/sourced-losses.ts'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import {
  adamW,
  createHeadTrainer,
  createTrainer,
  GraphBuilder,
  type LossInputs,
  sgd,
  type Trainer,
  type TrainerOptions,
} from '../../src/index.ts'
import { createSmallTrainer, largestDifference, tensorsOf } from './support/create.ts'
import { randomValues } from './support/random-values.ts'
import { smallBatch } from './support/small-batch.ts'
import { CLASSES, smallModel, smallModelWeights } from './support/small-model.ts'

/** Float64 with sums of a dozen terms: whatever is written differently differs by rounding alone. */
const ROUNDING = 1e-12

const losses: [string, Loss][] = [
  ['random numbers', droppingLoss()],
  ['running statistics', remindingLoss()],
]

/** Squares towards the logits of a teacher. */
const distillation = defineLoss({
  name: 'distillation',
  inputs: { teacher: ELEMENTS },
  formula: ({ logits, inputs }) => power(subtract(logits, inputs.teacher!), 2),
})

/** Steps on batches that depend on the number of the step alone. */
async function run(trainer: Trainer, until: number): Promise<void> {
  while (trainer.stepCount < until) await trainer.step(smallBatch(4, trainer.stepCount))
}

describe.each(losses)('a loss of %s', (_, loss) => {
  test('follows the trainer of linear heads on a model of one Gemm', async () => {
    const features = 6
    const start = { weights: randomValues(features * CLASSES, 21), bias: randomValues(CLASSES, 22) }
    const graph = new GraphBuilder('head')
    // The names of the loss's inputs may be those of the model.
    const x = graph.input('uniform', 'double', ['batch', features])
    const weights = graph.initializer('divisors', start.weights, [features, CLASSES])
    const bias = graph.initializer('bias', start.bias, [CLASSES])
    graph.output('logits', graph.node('Gemm', [x, weights, bias]), 'double')
    const shared = { ort, loss, optimizer: sgd({ learningRate: 0.3 }), seed: 4 }
    const head = await createHeadTrainer({
      ...{ ...shared, initial: start, precision: 'float64' },
      ...{ featureCount: features, classCount: CLASSES },
    })
    const trainer = await createTrainer({ ...shared, model: graph.toModel(), trainable: /divisors|bias/ })
    for (let step = 0; step < 6; step++) {
      const { labels, batchSize } = smallBatch(7, step)
      const values = randomValues(features * batchSize, step)
      const expected = await head.step({ features: values, labels, batchSize })
      const got = await trainer.step({ inputs: { uniform: values }, labels, batchSize })
      expect(got.loss).toBeCloseTo(expected.loss, 12)
      expect(got.gradientNorm).toBeCloseTo(expected.gradientNorm, 12)
    }
    for (const each of [head, trainer]) await each.dispose()
  })

  test.each<[string, Partial<TrainerOptions>]>([
    ['one stretch', {}],
    ['two stretches', { recomputedStretches: 2, trainable: smallModelWeights }],
  ])('has several batches count as one of all samples: %s', async (_, options) => {
    const batches = [smallBatch(1, 3), smallBatch(4, 4), smallBatch(2, 5)]
    const whole = {
      inputs: { x: Float64Array.from(batches.flatMap(({ inputs }) => [...inputs.x])) },
      labels: Float64Array.from(batches.flatMap(({ labels }) => [...labels])),
      batchSize: 7,
    }
    const [added, joined] = [
      await createSmallTrainer({ loss, ...options }),
      await createSmallTrainer({ loss, ...options }),
    ]
    for (let step = 0; step < 3; step++) {
      expect((await added.step(batches)).loss).toBeCloseTo((await joined.step(whole)).loss, 12)
    }
    expect(largestDifference(await tensorsOf(added), await tensorsOf(joined))).toBeLessThan(ROUNDING)
    for (const trainer of [added, joined]) await trainer.dispose()
  })

  test('goes on from a checkpoint bit for bit', async () => {
    const path = join(temporaryFolder(), 'checkpoint.safetensors')
    const options = { loss, model: smallModel('float32'), optimizer: adamW({ learningRate: 0.01 }), seed: 2 }
    const [whole, first] = [await createSmallTrainer(options), await createSmallTrainer(options)]
    const second = await createSmallTrainer({ ...options, seed: 8 })
    await run(whole, 6)
    await run(first, 2)
    await first.saveCheckpoint(path, 'mine')
    await run(first, 4)
    expect(await second.loadCheckpoint(path)).toBe('mine')
    await run(second, 6)
    expect(await second.state()).toEqual(await whole.state())

    const other = await createSmallTrainer({ ...options, loss: distillation })
    const before = await other.state()
    await expect(other.loadCheckpoint(path)).rejects.toMatchObject({
      code: 'argument',
      message: "the state has one of a source of the loss's inputs, but distillation has none",
    })
    expect(await other.state()).toEqual(before)
    for (const trainer of [whole, first, second, other]) await trainer.dispose()
  })

  test('is evaluated with the inputs of the next step, and the source stays', async () => {
    const trainer = await createSmallTrainer({ loss })
    await run(trainer, 2)
    const before = await trainer.state()
    const { loss: measured } = await trainer.evaluate(smallBatch(4, 2))
    expect(await trainer.state()).toEqual(before)
    expect((await trainer.step(smallBatch(4, 2))).loss).toBeCloseTo(measured, 12)
    await trainer.dispose()
  })

  test('has a step that fails leave the source as it was', async () => {
    const trainer = await createSmallTrainer({ loss, optimizer: sgd({ learningRate: 1e200 }) })
    await trainer.step(smallBatch(4, 0)).catch(() => undefined)
    const before = await trainer.state()
    await expect(trainer.step(smallBatch(4, 1))).rejects.toMatchObject({ code: 'runtime' })
    expect(await trainer.state()).toEqual(before)
    await trainer.dispose()
  })
})

describe('inputs that are given with a batch', () => {
  const batch = { ...smallBatch(3, 1), labels: new Float64Array(3 * CLASSES) }
  const teacher = Float32Array.from({ length: 3 * CLASSES }, (_, at) => Math.cos(at))

  test('reach the loss of steps and of evaluate', async () => {
    const trainer = await createSmallTrainer({ loss: distillation })
    const logits = await trainer.predict(batch)
    const expected = evaluate(distillation, { ...batch, logits, inputs: { teacher } }).value
    const given = { ...batch, lossInputs: { teacher } }
    expect((await trainer.evaluate(given)).loss).toBe(expected)
    expect((await trainer.step(given)).loss).toBeCloseTo(expected, 12)
    await trainer.dispose()
  })

  test.each<[string, LossInputs | undefined, DblossErrorCode, string]>([
    ['none', undefined, 'shape', "input 'teacher' of distillation is missing; expected [3, 3]"],
    ['of another size', { teacher: teacher.slice(1) }, 'shape', 'has 8 values; expected [3, 3]'],
    ['of another name', { pupil: teacher }, 'argument', "inputs names 'pupil'; the inputs of distillation are teacher"],
    ['not finite', { teacher: teacher.with(2, Infinity) }, 'argument', "'teacher' of distillation is Infinity at 2"],
  ])('are refused before the step: %s', async (_, lossInputs, code, message) => {
    const trainer = await createSmallTrainer({ loss: distillation })
    for (const call of [trainer.step({ ...batch, lossInputs }), trainer.evaluate({ ...batch, lossInputs })]) {
      await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    }
    expect(trainer.stepCount).toBe(0)
    await trainer.dispose()
  })
})
