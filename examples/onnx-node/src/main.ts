/**
 * Fine-tunes the last blocks of an ONNX vision model on long-tailed labels:
 *
 *     pnpm start                          # a small model that it makes itself
 *     pnpm start path/to/model.onnx       # your own, with a new head
 *     pnpm start --resume                 # goes on after Ctrl-C
 */
import { mkdir, rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { classAwareSampler, distributionBalancedLoss, labelStatistics, longTailMetrics } from '@dbloss/core'
import { adamW, createTrainer, type WeightChoice, warmupCosine } from '@dbloss/onnx-training'
import * as ort from 'onnxruntime-node'
import { smallBackbone } from './backbone.ts'
import { batchOf, drawBatches, precomputeAll, type Samples } from './batches.ts'
import { readOwnModel } from './own-model.ts'
import { classNames, drawPictures, type Pictures } from './pictures.ts'
import { predict } from './predict.ts'
import { mebibytes, Progress, printMemory, printScores } from './report.ts'

const [seed, batchSize] = [1, 32]
const [checkpoint, output] = ['output/checkpoint.safetensors', 'output/fine-tuned.onnx']
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    resume: { type: 'boolean', default: false },
    steps: { type: 'string', default: '120' },
    /** A pattern for the names of the weights to train. */
    trainable: { type: 'string' },
  },
})
const totalSteps = Number(values.steps)
const classCount = classNames.length
let isInterrupted = false
process.once('SIGINT', () => {
  isInterrupted = true
})

// 1. The data and the model.
const own = positionals[0] === undefined ? undefined : await readOwnModel(positionals[0], classCount)
const pictureSize = own?.pictureSize ?? 48
const { train, test } = await drawPictures(pictureSize, seed)
// Weights that have learned something are moved in small steps; a new head learns faster.
const learningRate = own === undefined ? 1e-2 : 3e-4
const model = own?.model ?? smallBackbone({ pixels: train.pixels, pictureSize, classCount, seed })
console.log(
  `${train.labels.length} training pictures of ${classCount} kinds of things, ${test.labels.length} test pictures`,
)

// 2. The trainer. What lies below the first trained weight runs once for each picture, and never again.
const statistics = labelStatistics(train.labels, { classNames })
const trainer = await createTrainer({
  ort,
  model,
  trainable: values.trainable === undefined ? { lastBlocks: own === undefined ? 2 : 1 } : new RegExp(values.trainable),
  loss: distributionBalancedLoss(statistics),
  optimizer: adamW({ learningRate, clipNorm: 1 }),
  schedule: warmupCosine({ base: learningRate, warmupSteps: 10, totalSteps }),
  averageDecay: 0.9,
  ...(own && { dimensions: own.dimensions, parameterGroups: [{ match: /new_head/, learningRateScale: 10 }] }),
})
const samplesOf = async ({ pixels, labels }: Pictures): Promise<Samples> => {
  return { frozen: await precomputeAll(trainer, pixels, labels.length), labels, classCount }
}
const [training, testing] = [await samplesOf(train), await samplesOf(test)]
const measure = async (weights?: WeightChoice) => {
  const data = await trainer.predict(testing.frozen, weights)
  return longTailMetrics({ labels: test.labels, scores: { data, classCount }, statistics }).map
}
const before = await measure()
printMemory(trainer, batchSize)

// 3. The steps. The same batches follow after an interruption, so the result is the same to the last bit.
await mkdir('output', { recursive: true })
if (values.resume) await trainer.loadCheckpoint(checkpoint)
const batches = drawBatches(classAwareSampler({ labels: train.labels, seed }), batchSize, trainer.stepCount)
const progress = new Progress(trainer.stepCount, totalSteps)
while (trainer.stepCount < totalSteps && !isInterrupted) {
  const { loss } = await trainer.step(batchOf(training, batches.next().value))
  progress.show(trainer.stepCount, loss)
  if (trainer.stepCount % 50 === 0) await trainer.saveCheckpoint(checkpoint)
}
if (isInterrupted) {
  await trainer.saveCheckpoint(checkpoint)
  console.log(`\nStopped after step ${trainer.stepCount}. To go on: the same command with --resume`)
  process.exit(130)
}

// 4. What came out, and the file, which any ONNX Runtime loads.
const after = await measure('averaged')
printScores({ before, after })
await trainer.save(output, 'averaged')
await rm(checkpoint, { force: true })
const expected = await trainer.predict(testing.frozen, 'averaged')
const logits = await predict(output, test.pixels, pictureSize)
const difference = logits.reduce((most, logit, index) => Math.max(most, Math.abs(logit - expected[index]!)), 0)
console.log(`The saved model differs from the trainer by ${difference.toExponential(1)} at most, in plain onnxruntime-node.
The process has had ${mebibytes(trainer.memory().peakResident!)} of memory at its peak.

The fine-tuned model: ${output}. What to do next:
  pnpm start path/to/model.onnx         fine-tunes your own model, with a new head
  pnpm start --trainable head           trains the head alone, for comparison
  pnpm start --steps 600                trains longer`)
await trainer.dispose()
if (after.all <= before.all || !(difference <= 1e-5)) {
  console.error('The fine-tuned model is not better, or its file gives other logits.')
  process.exitCode = 1
}
