import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { binaryCrossEntropy } from '@dbloss/core'
import * as onnxruntime from 'onnxruntime-node'
import { afterAll, describe, expect, test } from 'vitest'
import { describeTarget } from '../../../../test-support/describe-target.ts'
import { useSoftwareVulkan } from '../../../../test-support/node-webgpu.ts'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { decodeSafetensors, lossModel, type OrtTensor, writeModelFile } from '../../src/index.ts'
import { createSmallTrainer, largestDifference } from './support/create.ts'
import { observeOrt } from './support/observe-ort.ts'
import { runModel } from './support/run-model.ts'
import { smallBatch } from './support/small-batch.ts'
import { smallModel } from './support/small-model.ts'
import { soak } from './support/soak.ts'
import { IMAGE } from './support/vision-model.ts'
import { createVisionTrainer, trainVision, visionBatch } from './support/vision-training.ts'

useSoftwareVulkan()
// Errors only: every session warns that shapes are computed on the CPU.
const sessionOptions = { executionProviders: ['webgpu'], logSeverityLevel: 3 as const }
/** Held to the end: with its last session ONNX Runtime drops the device and every shader that it has compiled. */
const first = await onnxruntime.InferenceSession.create(lossModel(binaryCrossEntropy()), sessionOptions).catch(
  (error: unknown) => String(error),
)
const soakSteps = Number(process.env.DBLOSS_SOAK_STEPS ?? 0)

/** Float32 with sums of some hundred terms, through five steps that go on from each other. */
const TOLERANCE = 1e-4

describeTarget(
  'training with onnxruntime-node, WebGPU',
  'webgpu',
  typeof first === 'string' ? first : undefined,
  () => {
    afterAll(async () => {
      if (typeof first !== 'string') await first.release()
    })

    test('five steps of a tiny vision transformer equal those on the CPU', async () => {
      const [gpu, cpu] = [
        await createVisionTrainer(onnxruntime, sessionOptions),
        await createVisionTrainer(onnxruntime, {}),
      ]
      const [got, expected] = [await trainVision(gpu), await trainVision(cpu)]
      expect(largestDifference({ losses: got.losses }, { losses: expected.losses })).toBeLessThan(TOLERANCE)
      expect(largestDifference(got.weights, expected.weights)).toBeLessThan(TOLERANCE)
      for (const trainer of [gpu, cpu]) await trainer.dispose()
    })

    test('weights that stay in a model file reach the device', async () => {
      const path = join(temporaryFolder(), 'model.onnx')
      // 313,600 bytes, which is enough to be left in the file.
      const model = smallModel('float32', 280)
      await writeModelFile(path, model)
      const logits = await Promise.all(
        [path, model].map(async (given) => {
          const options = { ort: onnxruntime, model: given, trainable: /head/, sessionOptions }
          const trainer = await createSmallTrainer(options)
          const batch = smallBatch(4, 1)
          await trainer.step(batch)
          const predicted = await trainer.predict(batch)
          await trainer.dispose()
          return predicted
        }),
      )
      expect(logits[0]).toEqual(logits[1])
    })

    test('weights, moments, averages and gradients stay on the device between steps', async () => {
      const locations = new Map<string, Set<string | undefined>>()
      const note = (tensors: Readonly<Record<string, OrtTensor>>): void => {
        for (const [name, { location }] of Object.entries(tensors)) {
          locations.set(name, new Set([...(locations.get(name) ?? []), location]))
        }
      }
      const ort = observeOrt(onnxruntime, { ran: (feeds, outputs) => [feeds, outputs].forEach(note) })
      const trainer = await createVisionTrainer(ort, sessionOptions)
      const batch = visionBatch(1)
      // In the first step the weights come from main memory.
      await trainer.step(batch)
      locations.clear()
      await trainer.step(batch)
      await trainer.step([batch, visionBatch(2)])
      const read = new Map(locations)
      for (const { initializer } of trainer.parameters) {
        const names = ['', '_m', '_v', '_average'].flatMap((suffix) => [
          `${initializer}${suffix}`,
          `${initializer}${suffix}_next`,
        ])
        for (const name of [...names, `dbloss/gradient/${initializer}`]) {
          expect([...read.get(name)!], name).toEqual(['gpu-buffer'])
        }
      }
      // Of a step's outputs only these numbers are read.
      expect(read.get('dbloss/loss')).toEqual(new Set(['cpu']))
      expect(read.get('gradientNorm')).toEqual(new Set(['cpu']))
      await trainer.dispose()
    })

    describe('what lies on the device', () => {
      test('is saved in checkpoints, from which training goes on', async () => {
        const path = join(temporaryFolder(), 'checkpoint.safetensors')
        const trainer = await createVisionTrainer(onnxruntime, sessionOptions)
        await trainVision(trainer)
        await trainer.saveCheckpoint(path, { epoch: 1 })
        const state = await trainer.state()
        const stored = decodeSafetensors(readFileSync(path)).tensors
        expect(Object.fromEntries(Object.entries(stored).map(([name, { data }]) => [name, data]))).toEqual(
          state.tensors,
        )
        const next = await trainer.step(visionBatch(9))
        expect(await trainer.loadCheckpoint(path)).toEqual({ epoch: 1 })
        expect(await trainer.state()).toEqual(state)
        // Atomics may add up in another order.
        expect((await trainer.step(visionBatch(9))).loss).toBeCloseTo(next.loss, 5)
        await trainer.dispose()
      })

      test('is saved in models, which give the same logits', async () => {
        const path = join(temporaryFolder(), 'model.onnx')
        const trainer = await createVisionTrainer(onnxruntime, sessionOptions)
        await trainVision(trainer)
        const batch = visionBatch(3)
        const x = { x: { data: batch.inputs.x, dims: [batch.batchSize, ...IMAGE] } }
        for (const weights of ['trained', 'averaged'] as const) {
          await trainer.save(path, weights)
          const logits = await trainer.predict(batch, weights)
          expect(largestDifference({ logits }, { logits: await runModel(path, x) })).toBeLessThan(TOLERANCE)
        }
        await trainer.dispose()
      })
    })

    test.runIf(soakSteps > 0)(`${soakSteps} steps leave memory as it was`, { timeout: 60_000 + 1000 * soakSteps }, () =>
      soak(onnxruntime, soakSteps, sessionOptions),
    )
  },
)
