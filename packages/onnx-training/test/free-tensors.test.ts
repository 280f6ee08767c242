import * as ort from 'onnxruntime-node'
import { expect, test, vi } from 'vitest'
import { freeTensors } from '../src/free-tensors.ts'

const count = 2 ** 16
const tensor = (data: Float32Array) => new ort.Tensor('float32', data, [data.length])

test('the memory of tensors is free without a collection', async () => {
  const mebibytes = () => process.memoryUsage().arrayBuffers / 2 ** 20
  const before = mebibytes()
  const tensors = Array.from({ length: 8 }, () => tensor(new Float32Array(64 * count)))
  // 128 in all; what the test runner itself has comes and goes meanwhile.
  expect(mebibytes() - before).toBeGreaterThan(96)
  freeTensors(tensors)
  // The first call closes a port, which takes some turns of the event loop: many on a busy machine.
  await vi.waitFor(() => expect(mebibytes() - before).toBeLessThan(32), { timeout: 30_000 })
})

test('twice the same tensor, and one that is free already, do no harm', () => {
  const data = new Float32Array(count)
  const one = { data, dims: [count], type: 'float32' }
  freeTensors([one, one])
  expect(data.length).toBe(0)
  freeTensors([one])
})

test('part of a larger buffer is not taken from its owner', () => {
  const whole = new Float32Array(2 * count)
  freeTensors([tensor(whole.subarray(0, count))])
  expect(whole.length).toBe(2 * count)
})

test('what lies on a device is only disposed of', () => {
  let disposed = 0
  const onDevice = {
    location: 'gpu-buffer',
    dims: [1],
    type: 'float32',
    get data(): never {
      throw new Error('the data is not on CPU')
    },
    dispose: () => {
      disposed++
    },
  }
  freeTensors([onDevice])
  expect(disposed).toBe(1)
})
