import * as node from 'onnxruntime-node'
import * as web from 'onnxruntime-web'
import { expect, test } from 'vitest'
import { largestDifference } from './support/create.ts'
import { createVisionTrainer, trainVision } from './support/vision-training.ts'

web.env.wasm.numThreads = 1

test('five steps with onnxruntime-web, wasm, in Node equal those with onnxruntime-node', async () => {
  const trainers = [await createVisionTrainer(web, {}), await createVisionTrainer(node, {})] as const
  const [got, expected] = [await trainVision(trainers[0]), await trainVision(trainers[1])]
  // Float32 with sums of some hundred terms, through five steps that go on from each other.
  expect(largestDifference({ losses: got.losses }, { losses: expected.losses })).toBeLessThan(1e-5)
  expect(largestDifference(got.weights, expected.weights)).toBeLessThan(1e-4)
  for (const trainer of trainers) await trainer.dispose()
})
