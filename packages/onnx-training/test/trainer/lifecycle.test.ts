import { defineLoss, power } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { adamW, sgd } from '../../src/index.ts'
import { countingSessions } from '../support/counting-sessions.ts'
import { createSmallTrainer } from './support/create.ts'
import { smallBatch } from './support/small-batch.ts'
import { CLASSES, smallModel, smallModelWeights, WIDTH } from './support/small-model.ts'

const batch = smallBatch(4, 1)

describe('a step that diverges', () => {
  const refusal = (message: string) =>
    expect.objectContaining({ code: 'runtime', message: expect.stringContaining(message) })

  test.each([
    ['one batch', batch],
    ['several batches', [batch, smallBatch(2, 2)]],
  ])(
    'with a learning rate so large that weights are no numbers is refused and leaves the state bit for bit, %s',
    async (_, samples) => {
      const schedule = (step: number) => (step === 1 ? 1e38 : 0.1)
      const options = { model: smallModel('float32'), optimizer: sgd({ learningRate: 1 }), averageDecay: 0.9, schedule }
      const trainer = await createSmallTrainer(options)
      await trainer.step(batch)
      const before = await trainer.state()
      for (let attempt = 0; attempt < 2; attempt++) {
        await expect(trainer.step(samples)).rejects.toThrow(
          refusal(
            'training diverged in step 2: the norm of the weights is Infinity; try a lower learning rate, or clipNorm',
          ),
        )
        expect(await trainer.state()).toEqual(before)
      }
      expect(trainer.stepCount).toBe(1)
      await trainer.dispose()
    },
  )

  test('in a loss that overflows is refused too', async () => {
    const squared = defineLoss({ name: 'squared', formula: ({ logits }) => power(logits, 2) })
    const trainer = await createSmallTrainer({ model: smallModel('float32'), loss: squared })
    const { step, tensors } = await trainer.state()
    trainer.restore({ step, tensors: { ...tensors, 'head.bias': new Float32Array(CLASSES).fill(1e20) } })
    const before = await trainer.state()
    await expect(trainer.step(batch)).rejects.toThrow(refusal('training diverged in step 1: loss is Infinity'))
    expect(await trainer.state()).toEqual(before)
    await trainer.dispose()
  })
})

describe('calls that overlap', () => {
  test('run in order, and give what they give one after the other', async () => {
    const batches = [1, 2, 3, 4].map((seed) => smallBatch(4, seed))
    const [apart, together] = [await createSmallTrainer(), await createSmallTrainer()]
    const expected = []
    for (const each of batches) {
      expected.push(await apart.step(each))
      expected.push(await apart.predict(each))
    }
    expect(await Promise.all(batches.flatMap((each) => [together.step(each), together.predict(each)]))).toEqual(
      expected,
    )
    expect(await together.state()).toEqual(await apart.state())
    for (const trainer of [apart, together]) await trainer.dispose()
  })

  test('go on after one that fails', async () => {
    const trainer = await createSmallTrainer({ schedule: (step) => (step === 1 ? Number.NaN : 0.1) })
    const results = await Promise.allSettled([trainer.step(batch), trainer.step(batch), trainer.predict(batch)])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await trainer.dispose()
  })

  test('a state is not restored while a step runs', async () => {
    const trainer = await createSmallTrainer()
    const state = await trainer.state()
    const running = trainer.step(batch)
    expect(() => trainer.restore(state)).toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('while a step is running') }),
    )
    await running
    trainer.restore(state)
    expect(trainer.stepCount).toBe(0)
    await trainer.dispose()
  })

  test('dispose waits for the calls before it', async () => {
    const trainer = await createSmallTrainer()
    const [step] = await Promise.all([trainer.step(batch), trainer.dispose()])
    expect(step.loss).toBeGreaterThan(0)
  })
})

describe('after dispose', () => {
  test('every method is refused, and disposing again does nothing', async () => {
    const trainer = await createSmallTrainer()
    const state = await trainer.state()
    const path = `${temporaryFolder()}/file`
    await trainer.dispose()
    await trainer.dispose()
    const refusal = expect.objectContaining({ code: 'argument', message: 'the trainer was used after dispose()' })
    const calls = {
      step: () => trainer.step(batch),
      precompute: () => trainer.precompute(batch),
      predict: () => trainer.predict(batch),
      evaluate: () => trainer.evaluate(batch),
      state: () => trainer.state(),
      saveCheckpoint: () => trainer.saveCheckpoint(path),
      loadCheckpoint: () => trainer.loadCheckpoint(path),
      toModel: () => trainer.toModel(),
      save: () => trainer.save(path),
    }
    for (const [name, call] of Object.entries(calls)) await expect(call(), name).rejects.toThrow(refusal)
    expect(() => trainer.restore(state)).toThrow(refusal)
    expect(() => trainer.memory()).toThrow(refusal)
  })
})

describe('sessions', () => {
  test('are all released, whatever was called', async () => {
    const { ort: counted, liveSessions } = countingSessions(ort)
    const trainer = await createSmallTrainer({ ort: counted, recomputedStretches: 2, averageDecay: 0.9 })
    await trainer.step([batch, batch])
    await trainer.evaluate(batch)
    await trainer.step({ ...(await trainer.precompute(batch)), labels: batch.labels })
    await trainer.toModel('averaged')
    const most = liveSessions()
    for (let step = 0; step < 3; step++) {
      await trainer.step([smallBatch(step + 1, step), batch])
      await trainer.predict(smallBatch(step + 1, step))
    }
    expect(liveSessions()).toBe(most)
    await trainer.dispose()
    expect(liveSessions()).toBe(0)
  })

  test('are not left behind by a trainer that is refused', async () => {
    const { ort: counted, liveSessions } = countingSessions(ort)
    for (const options of [
      { trainable: /nothing/ },
      { averageDecay: 2 },
      { parameterGroups: [{ match: /./, weightDecay: -1 }] },
    ]) {
      await expect(createSmallTrainer({ ort: counted, ...options })).rejects.toThrow()
      expect(liveSessions()).toBe(0)
    }
  })
})

describe('the memory that a training takes', () => {
  /** Numbers in the weights of the blocks and the head. */
  const numbers = 2 * WIDTH + WIDTH * WIDTH + WIDTH + WIDTH * CLASSES + CLASSES

  test('counts weights, moments and averages in bytes of their type', async () => {
    const sizes = { float64: 8, float32: 4 }
    for (const precision of ['float64', 'float32'] as const) {
      const trainer = await createSmallTrainer({ model: smallModel(precision), optimizer: adamW(), averageDecay: 0.9 })
      expect(trainer.memory()).toMatchObject({
        weights: sizes[precision] * numbers,
        // Two moments and an average.
        optimizer: 3 * sizes[precision] * numbers,
      })
      await trainer.dispose()
    }
    const plain = await createSmallTrainer()
    expect(plain.memory().optimizer).toBe(0)
    await plain.dispose()
  })

  test('counts the values of the trained part for a sample; stretches keep less', async () => {
    const [whole, cut] = await Promise.all(
      [1, 3].map((recomputedStretches) => createSmallTrainer({ trainable: smallModelWeights, recomputedStretches })),
    )
    // MatMul, Add, Tanh, LayerNormalization, MatMul, Add, Sigmoid and Add are 6 wide; Gemm and its Identity 3.
    expect(whole!.memory().activationsPerSample).toBe(8 * (8 * WIDTH + 2 * CLASSES))
    expect(cut!.memory().activationsPerSample).toBeLessThan(whole!.memory().activationsPerSample)
    for (const trainer of [whole!, cut!]) await trainer.dispose()
  })

  test('has a peak of the process, in bytes', async () => {
    const trainer = await createSmallTrainer()
    const { peakResident } = trainer.memory()
    expect(peakResident).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2)
    expect(peakResident).toBeLessThan(64 * 2 ** 30)
    await trainer.dispose()
  })
})
