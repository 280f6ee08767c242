import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as node from 'onnxruntime-node'
import * as web from 'onnxruntime-web'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import {
  decodeModel,
  encodeModel,
  graphOf,
  type ModelProto,
  type Ort,
  readModelFile,
  type Trainer,
  writeModelFile,
} from '../../src/index.ts'
import { createSmallTrainer, largestDifference, tensorsOf } from './support/create.ts'
import { smallBatch } from './support/small-batch.ts'
import { smallModel } from './support/small-model.ts'

web.env.wasm.numThreads = 1

/** Wide enough that blocks.0.dense.weight, of 313,600 bytes, is left in the file. */
const width = 280
const large: ModelProto = smallModel('float32', width)
const batch = smallBatch(4, 1)
const trainable = /head/

let path: string
let trainer: Trainer
beforeEach(async () => {
  path = join(temporaryFolder(), 'model.onnx')
  await writeModelFile(path, large)
})
afterEach(() => trainer.dispose())

/** A runtime that remembers how many bytes its models had, and whether they left data in a file. */
function watched(ort: Ort) {
  const models: { readonly bytes: number; readonly leavesData: boolean }[] = []
  const create: Ort['InferenceSession']['create'] = (bytes, options) => {
    const leavesData = graphOf(decodeModel(bytes)).initializer.some(({ dataLocation }) => dataLocation === 1)
    models.push({ bytes: bytes.length, leavesData })
    return ort.InferenceSession.create(bytes, options)
  }
  return { ort: { InferenceSession: { create }, Tensor: ort.Tensor } satisfies Ort, models }
}

async function stateAfterSteps(model: ModelProto | string, ort: Ort = node, count = 3) {
  const own = await createSmallTrainer({ model, ort, trainable })
  for (let step = 0; step < count; step++) await own.step(batch)
  const tensors = await tensorsOf(own)
  const logits = { logits: await own.predict(batch) }
  await own.dispose()
  return { ...tensors, ...logits }
}

describe('a model file whose large weights stay in it', () => {
  test('trains as the decoded model does, bit for bit, and sessions are made without those weights', async () => {
    const { ort, models } = watched(node)
    trainer = await createSmallTrainer({ model: path, ort, trainable })
    for (let step = 0; step < 3; step++) await trainer.step(batch)
    const logits = await trainer.predict(batch)
    expect({ ...(await tensorsOf(trainer)), logits }).toEqual(await stateAfterSteps(large))
    expect(models.some(({ leavesData }) => leavesData)).toBe(true)
    for (const { bytes } of models) expect(bytes).toBeLessThan(4 * width * width)
  })

  test('the same with external data beside it', async () => {
    await writeModelFile(path, large, { externalDataThreshold: 0 })
    const { ort, models } = watched(node)
    trainer = await createSmallTrainer({ model: path, ort, trainable })
    for (let step = 0; step < 3; step++) await trainer.step(batch)
    const logits = await trainer.predict(batch)
    expect({ ...(await tensorsOf(trainer)), logits }).toEqual(await stateAfterSteps(large))
    for (const { bytes } of models) expect(bytes).toBeLessThan(4 * width * width)
  })

  test('a runtime that maps no files is given the data', async () => {
    const { ort, models } = watched(web)
    trainer = await createSmallTrainer({ model: path, ort, trainable })
    await trainer.step(batch)
    const [mapped, whole] = models
    expect([mapped!.leavesData, whole!.leavesData]).toEqual([true, false])
    const expected = await stateAfterSteps(large, web, 1)
    expect(await tensorsOf(trainer)).toEqual(
      Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'logits')),
    )
  })

  test('its export has all weights, over its own file and again', async () => {
    trainer = await createSmallTrainer({ model: path, trainable })
    await trainer.step(batch)
    const expected = encodeModel(await trainer.toModel())
    await trainer.save(path)
    expect(new Uint8Array(readFileSync(path))).toEqual(expected)
    // The sessions that are still to come cannot map the file that has taken its place.
    const logits = await trainer.predict(batch)
    await trainer.step(batch)
    await trainer.save(path)
    const again = await createSmallTrainer({ model: await readModelFile(path), trainable })
    expect(largestDifference({ logits: await again.predict(batch) }, { logits: await trainer.predict(batch) })).toBe(0)
    expect(await trainer.predict(batch)).not.toEqual(logits)
    await again.dispose()
  })

  test('checkpoints fit trainers of the decoded model', async () => {
    trainer = await createSmallTrainer({ model: path, trainable })
    await trainer.step(batch)
    const checkpoint = join(temporaryFolder(), 'checkpoint.safetensors')
    await trainer.saveCheckpoint(checkpoint)
    const other = await createSmallTrainer({ model: large, trainable })
    await other.loadCheckpoint(checkpoint)
    expect(await other.state()).toEqual(await trainer.state())
    await other.dispose()
  })

  test.each([
    ['overwritten', () => writeFileSync(path, readFileSync(path).fill(1, 100_000, 200_000))],
    ['cut short', () => truncateSync(path, 100_000)],
  ])('when it was %s, the export is refused, and a checkpoint saves what was trained', async (_, damage) => {
    trainer = await createSmallTrainer({ model: path, trainable })
    await trainer.step(batch)
    // Of runtimes that map the file, sessions that are alive must not read it any more.
    damage()
    const output = join(temporaryFolder(), 'output.onnx')
    await expect(trainer.save(output)).rejects.toThrow(/changed|became shorter/)
    expect(readdirSync(join(output, '..'))).toEqual([])
    await trainer.saveCheckpoint(join(temporaryFolder(), 'checkpoint.safetensors'))
  })

  test('a trainer that cannot be made, and one that is disposed of, leave no file open', async () => {
    const openFiles = () => readdirSync('/proc/self/fd').length
    trainer = await createSmallTrainer()
    const before = openFiles()
    await expect(createSmallTrainer({ model: path, trainable: /nothing/ })).rejects.toThrow('selects none')
    const own = await createSmallTrainer({ model: path, trainable })
    expect(openFiles()).toBeGreaterThan(before)
    await own.dispose()
    expect(openFiles()).toBe(before)
  })
})
