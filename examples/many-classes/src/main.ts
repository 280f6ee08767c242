/** Trains a linear head of 100,000 classes by negative sampling, and measures a step beside one over all classes. */
import { labelStatistics, negativeClassSampler, sampledLogisticLoss } from '@dbloss/core'
import { fullKernel, fullStep } from './full-step.ts'
import { newHead } from './linear-head.ts'
import { drawProblem, samplesFrom } from './long-tailed-data.ts'
import { firstTen, measureRanking, type Ranking, rankingOf } from './ranking.ts'
import { SampledTraining } from './sampled-training.ts'

const batchSize = 64
const steps = 300
const learningRate = 0.5
const seed = 1

const problem = drawProblem({ classCount: 100_000, width: 33, training: steps * batchSize, heldOut: 64 }, seed)
const { classCount, width, training, heldOut } = problem
const sampleCount = training.labels.length
const { classCounts } = labelStatistics(training.labels, { classCount })
// Classes that no training sample carries are drawn as negatives too, as half a sample.
const counts = classCounts.map((count) => count + 0.5)

const head = newHead(
  counts.map((count) => count / sampleCount),
  width,
)
const sampler = negativeClassSampler({
  classCount,
  negatives: 512,
  distribution: { counts, power: 0.5 },
  padToMultipleOf: 128,
  seed,
})
const run = new SampledTraining(head, sampler, sampledLogisticLoss(), learningRate)

const percent = (share: number): string => `${(100 * share).toPrecision(3)} %`.padStart(12)
function printRanking(title: string | number, { precisionAt1, recallAt10 }: Ranking): void {
  console.log(`${String(title).padEnd(22)}${percent(precisionAt1)}${percent(recallAt10)}`)
}

const never = classCounts.filter((count) => count === 0).length
console.log(
  `${classCount} classes, ${sampleCount} training samples; n from ${classCounts[0]} down, ${never} classes without a sample\n`,
)
console.log(`${'ranking of held-out'.padEnd(22)}${'precision@1'.padStart(12)}${'recall@10'.padStart(12)}`)
printRanking('chance', { precisionAt1: labelsPerSample() / classCount, recallAt10: 10 / classCount })
printRanking('most frequent classes', rankingOf(firstTen(classCounts), heldOut))

let milliseconds = 0
let computed = 0
for (let step = 0; step < steps; step++) {
  const batch = samplesFrom(training, width, step * batchSize, (step + 1) * batchSize)
  const start = performance.now()
  computed = Math.max(computed, run.step(batch))
  milliseconds += performance.now() - start
  if ((step + 1) % 100 === 0) printRanking(`after ${step + 1} steps`, measureRanking(head, heldOut))
}
const sampled = milliseconds / steps

const kernel = fullKernel(classCount)
const start = performance.now()
fullStep(kernel, head, samplesFrom(training, width, 0, batchSize), learningRate)
const full = performance.now() - start

/** Logits, labels and gradient of a batch, in single precision. */
const megabytes = (classes: number): string => `${((3 * 4 * batchSize * classes) / 1e6).toFixed(1)} MB`
console.log(`\nthe arrays of a batch: ${megabytes(computed)} for the sampled classes, ${megabytes(classCount)} for all`)
console.log(
  `a step: ${sampled.toFixed(1)} ms over up to ${computed} classes, ${full.toFixed(0)} ms over all: ${(full / sampled).toFixed(0)} times`,
)

function labelsPerSample(): number {
  return heldOut.labels.reduce((sum, classes) => sum + classes.length, 0) / heldOut.labels.length
}
