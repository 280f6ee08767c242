/**
 * A training that goes on from its last checkpoint, for a process that is killed: the arguments are the path of the
 * checkpoint and that of the weights at the end. Tells on its output from which step it goes on, each checkpoint, and the end.
 */
import { existsSync } from 'node:fs'
import { classAwareSampler, createRandom, type RandomState } from '@dbloss/core'
import { adamW, type Trainer } from '../../../src/index.ts'
import { createSmallTrainer } from './create.ts'
import { randomValues } from './random-values.ts'
import { CLASSES, FEATURES } from './small-model.ts'

const STEPS = 120
const STEPS_PER_CHECKPOINT = 4
const BATCH_SIZE = 4

/** What training goes on from beside the trainer's state. */
interface Progress {
  readonly samplesShown: number
  /** Of the noise that is added to samples. */
  readonly random: RandomState
}

const labelSets = [[0], [0], [0], [0, 1], [0, 1], [0, 2], [1], [2]]
const samples = labelSets.map((labels, index) => ({
  x: randomValues(FEATURES, index),
  labels: Array.from({ length: CLASSES }, (_, column) => (labels.includes(column) ? 1 : 0)),
}))

/** The order of the samples, epoch after epoch, from a place on. */
function* order(samplesShown: number): Generator<number> {
  const sampler = classAwareSampler({ labels: labelSets, seed: 3, samplesPerClass: 2, reduce: 1 })
  for (let shown = 0; ; ) {
    for (const index of sampler) if (shown++ >= samplesShown) yield index
  }
}

async function train(trainer: Trainer, checkpoint: string): Promise<void> {
  const start: Progress = existsSync(checkpoint)
    ? ((await trainer.loadCheckpoint(checkpoint)) as Progress)
    : { samplesShown: 0, random: createRandom(4).state() }
  console.log('from', trainer.stepCount)
  const random = createRandom(start.random)
  const indices = order(start.samplesShown)
  while (trainer.stepCount < STEPS) {
    const batch = Array.from({ length: BATCH_SIZE }, () => samples[indices.next().value!]!)
    await trainer.step({
      inputs: { x: Float64Array.from(batch.flatMap(({ x }) => Array.from(x, (value) => value + random.next() / 10))) },
      labels: Float64Array.from(batch.flatMap(({ labels }) => labels)),
      batchSize: BATCH_SIZE,
    })
    if (trainer.stepCount % STEPS_PER_CHECKPOINT !== 0) continue
    const progress: Progress = { samplesShown: trainer.stepCount * BATCH_SIZE, random: random.state() }
    await trainer.saveCheckpoint(checkpoint, progress)
    console.log('checkpoint', trainer.stepCount)
  }
}

const [checkpoint, result] = process.argv.slice(2)
const trainer = await createSmallTrainer({
  ...{ optimizer: adamW({ learningRate: 0.01 }), averageDecay: 0.95, recomputedStretches: 2 },
})
await train(trainer, checkpoint!)
await trainer.save(result!)
console.log('done')
