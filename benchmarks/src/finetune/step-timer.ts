/**
 * Times a fine-tuning step of an ONNX model in a process of its own, so that its peak of memory is its own too. Reads the
 * request from the first argument and prints JSON.
 */
import { distributionBalancedLoss } from '@dbloss/core'
import { adamW, createTrainer } from '@dbloss/onnx-training'
import * as ort from 'onnxruntime-node'
import { benchmarkBatch, measured } from '../data.ts'
import { medianMilliseconds } from '../median.ts'
import type { FineTuneRequest, FineTuneTimes } from './request.ts'

const { model, threads, batchSize, classCount, repeats, trainable } = JSON.parse(
  process.argv[2]!,
) as FineTuneRequest & {
  readonly model: string
}

const mebibytes = () => process.resourceUsage().maxRSS / 1024
const memoryBeforeModelMiB = mebibytes()
const { labels, statistics } = benchmarkBatch(batchSize, classCount)
const trainer = await createTrainer({
  ort,
  model,
  trainable: new RegExp(trainable),
  loss: distributionBalancedLoss(statistics, { ...measured, hardLabels: true }),
  optimizer: adamW({ learningRate: 1e-4, weightDecay: 0.01 }),
  sessionOptions: { intraOpNumThreads: threads },
})
const pixels = Float32Array.from({ length: batchSize * 3 * 224 * 224 }, (_, index) => Math.sin(0.37 * index))
const inputs = { pixel_values: pixels }
const ms = await medianMilliseconds(() => trainer.step({ inputs, labels, batchSize }), repeats)
const activations = await trainer.precompute({ inputs, batchSize })
const msPrecomputed = await medianMilliseconds(() => trainer.step({ ...activations, labels }), repeats)
const trainedParameters = trainer.parameters.reduce(
  (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
  0,
)
const times: FineTuneTimes = { ms, msPrecomputed, trainedParameters, memoryBeforeModelMiB, peakMemoryMiB: mebibytes() }
console.log(JSON.stringify(times))
await trainer.dispose()
