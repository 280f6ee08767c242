import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { encodeModel, graphOf, type ModelProto, readModelFile, tensorData, writeModelFile } from '../../src/index.ts'
import { createSmallTrainer, tensorsOf } from './support/create.ts'
import { runModel } from './support/run-model.ts'
import { smallBatch } from './support/small-batch.ts'
import { FEATURES, smallModel } from './support/small-model.ts'

const batch = smallBatch(4, 1)
const x = { x: { data: batch.inputs.x, dims: [4, FEATURES] } }

/** A trainer that has changed its weights. */
async function trained(options: Parameters<typeof createSmallTrainer>[0] = {}) {
  const trainer = await createSmallTrainer(options)
  for (let step = 0; step < 3; step++) await trainer.step(batch)
  return trainer
}

/** A model without its initializers, and these by name. */
function parts(model: ModelProto) {
  const { initializer, ...graph } = graphOf(model)
  return { rest: { ...model, graph }, initializers: new Map(initializer.map((tensor) => [tensor.name!, tensor])) }
}

describe('the model of a trainer', () => {
  test('is the original but for the trained weights: inputs, outputs, metadata, opset, nodes, frozen weights', async () => {
    const original = smallModel()
    const bytes = encodeModel(original)
    const trainer = await trained({ model: original })
    const model = await trainer.toModel()
    const [before, after] = [parts(original), parts(model)]
    expect(after.rest).toEqual(before.rest)
    expect([...after.initializers.keys()]).toEqual([...before.initializers.keys()])
    const weights = await tensorsOf(trainer)
    for (const [name, tensor] of after.initializers) {
      const old = before.initializers.get(name)!
      if (!/blocks|head/.test(name)) expect(tensor).toEqual(old)
      else {
        expect([tensor.dims, tensor.dataType]).toEqual([old.dims, old.dataType])
        expect(tensorData(tensor)).toEqual(weights[name])
        expect(tensorData(tensor)).not.toEqual(tensorData(old))
      }
    }
    // The caller's model is not written to.
    expect(encodeModel(original)).toEqual(bytes)
    await trainer.dispose()
  })

  test('is a copy that later steps do not change', async () => {
    const trainer = await trained()
    const model = await trainer.toModel()
    const bytes = encodeModel(model)
    await trainer.step(batch)
    expect(encodeModel(model)).toEqual(bytes)
    await trainer.dispose()
  })

  test('goes on being trained', async () => {
    const first = await trained()
    const second = await createSmallTrainer({ model: await first.toModel() })
    expect(await second.step(batch)).toEqual(await first.step(batch))
    for (const trainer of [first, second]) await trainer.dispose()
  })
})

describe('a saved model', () => {
  test.each(['float64', 'float32'] as const)(
    'gives the logits of the trainer in plain onnxruntime, %s',
    async (precision) => {
      const trainer = await trained({ model: smallModel(precision), averageDecay: 0.9 })
      const path = join(temporaryFolder(), 'model.onnx')
      for (const weights of ['trained', 'averaged'] as const) {
        await trainer.save(path, weights)
        const data = precision === 'float64' ? batch.inputs.x : Float32Array.from(batch.inputs.x)
        const logits = await runModel(path, { x: { data, dims: [4, FEATURES] } })
        const expected = await trainer.predict(batch, weights)
        expect(logits.constructor).toBe(expected.constructor)
        // The same kernels; the file's graph is fused as a whole, the trainer's in two parts.
        for (const [index, value] of expected.entries()) expect(Math.abs(logits[index]! - value)).toBeLessThan(1e-5)
      }
      await trainer.dispose()
    },
  )

  test('is the bytes of the model of the trainer', async () => {
    const trainer = await trained()
    const path = join(temporaryFolder(), 'model.onnx')
    await trainer.save(path)
    expect(encodeModel(await readModelFile(path))).toEqual(encodeModel(await trainer.toModel()))
    await trainer.dispose()
  })

  test('may keep its weights in a second file', async () => {
    // Weights of 1 KiB and more go into the second file: 6 · 32 · 8 bytes.
    const wide = smallModel('float64', 32)
    const trainer = await trained({ model: wide })
    const path = join(temporaryFolder(), 'model.onnx')
    await writeModelFile(path, await trainer.toModel(), { externalDataThreshold: 1000 })
    expect(statSync(`${path}_data`).size).toBeGreaterThan(32 * 32 * 8)
    const logits = await runModel(path, x)
    const expected = await trainer.predict(batch)
    for (const [index, value] of expected.entries()) expect(Math.abs(logits[index]! - value)).toBeLessThan(1e-5)

    const again = await createSmallTrainer({ model: path })
    expect(await again.predict(batch)).toEqual(expected)
    for (const each of [trainer, again]) await each.dispose()
  })

  test('in a folder that is not there is refused', async () => {
    const trainer = await createSmallTrainer()
    await expect(trainer.save(join(temporaryFolder(), 'missing', 'model.onnx'))).rejects.toThrow(
      expect.objectContaining({ code: 'output', message: expect.stringContaining('missing') }),
    )
    await trainer.dispose()
  })
})
