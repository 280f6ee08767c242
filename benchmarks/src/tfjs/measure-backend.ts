import { distributionBalancedLoss, type LabelStatistics, type Loss } from '@dbloss/core'
import { deviceReport, differentiableLoss } from '@dbloss/tfjs'
import { compileKernel } from '@dbloss/wasm'
import * as tf from '@tensorflow/tfjs'
import { benchmarkBatch, measured } from '../data.ts'
import { plainLoop } from '../plain-loop.ts'
import { handWrittenLoss, type TensorLoss } from './autodiff.ts'

/** What is compared, ours first. */
export const contenders = [
  'dbloss',
  'autodiff',
  'autodiff without mask',
  'sigmoidCrossEntropy',
  'plain loop',
  'kernel alone',
] as const
type Contender = (typeof contenders)[number]

/** The times of one size on one backend. */
export interface SizeTimes {
  readonly batchSize: number
  readonly classCount: number
  /** Medians in milliseconds. */
  readonly ms: Readonly<Record<Contender, number>>
  /** Medians of `contender / dbloss`, each of one round. */
  readonly ratios: Readonly<Record<Contender, number>>
}

/** How long to measure. */
export interface Budget {
  readonly seconds: number
  readonly minimumRounds: number
  readonly maximumRounds: number
}

/** Times value and gradient of DB-Focal with all contenders in turn, round after round. */
export async function measureSize(batchSize: number, classCount: number, budget: Budget): Promise<SizeTimes> {
  const batch = benchmarkBatch(batchSize, classCount)
  const labels = tf.tensor2d(batch.labels, [batchSize, classCount])
  const logits = tf.tensor2d(batch.logits, [batchSize, classCount])
  const loss = differentiableLoss(distributionBalancedLoss(batch.statistics, measured))
  const byTensors: Readonly<Record<Exclude<Contender, 'plain loop' | 'kernel alone'>, TensorLoss>> = {
    dbloss: loss,
    autodiff: handWrittenLoss(batch.statistics, true),
    'autodiff without mask': handWrittenLoss(batch.statistics, false),
    sigmoidCrossEntropy: (y, z) => tf.losses.sigmoidCrossEntropy(y, z),
  }
  const step = (name: keyof typeof byTensors) => valueAndGradient(byTensors[name], labels, logits)
  await checkEqual(await step('dbloss'), await step('autodiff'))
  const runs = {
    'plain loop': plainRun(batch.statistics, batch),
    'kernel alone': kernelRun(loss.loss, batch),
  }
  const times = new Map<Contender, number[]>(contenders.map((name) => [name, []]))
  const end = performance.now() + 1000 * budget.seconds
  for (let round = -1; round < budget.maximumRounds; round++) {
    for (const name of contenders) {
      const started = performance.now()
      if (name === 'plain loop' || name === 'kernel alone') runs[name]()
      else await step(name)
      // Round −1 warms up.
      if (round >= 0) times.get(name)!.push(performance.now() - started)
    }
    if (round + 1 >= budget.minimumRounds && performance.now() > end) break
  }
  loss.dispose()
  tf.dispose([labels, logits])
  const ours = times.get('dbloss')!
  const perContender = (value: (own: number[]) => number) =>
    Object.fromEntries(contenders.map((name) => [name, value(times.get(name)!)])) as Record<Contender, number>
  return {
    batchSize,
    classCount,
    ms: perContender(median),
    ratios: perContender((own) => median(own.map((time, round) => time / ours[round]!))),
  }
}

/** Where the measured loss runs. */
export async function measuredDevice(): Promise<string> {
  const loss = differentiableLoss(distributionBalancedLoss(benchmarkBatch(2, 80).statistics, measured))
  const { summary } = await deviceReport(() => tf.grad((z) => loss(tf.zeros([256, 80]), z))(tf.zeros([256, 80])))
  loss.dispose()
  return summary
}

/** Both results are read, so that a GPU has done its work. */
async function valueAndGradient(loss: TensorLoss, labels: tf.Tensor2D, logits: tf.Tensor2D) {
  const { value, grad } = tf.valueAndGrad((z) => loss(labels, z as tf.Tensor2D))(logits)
  const read = { value: (await value.data())[0]!, gradient: await grad.data<'float32'>() }
  tf.dispose([value, grad])
  return read
}

type Result = Awaited<ReturnType<typeof valueAndGradient>>

async function checkEqual(ours: Result, theirs: Result): Promise<void> {
  const largest = theirs.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const error = theirs.gradient.reduce((most, value, at) => Math.max(most, Math.abs(value - ours.gradient[at]!)), 0)
  if (Math.abs(ours.value - theirs.value) > 1e-3 * ours.value || error > 1e-3 * largest) {
    throw new Error(`not the same loss: ${ours.value} and ${theirs.value}, gradients differ by ${error} of ${largest}`)
  }
}

function plainRun(statistics: LabelStatistics, { logits, labels, batchSize }: ReturnType<typeof benchmarkBatch>) {
  const loop = plainLoop(statistics)
  const gradient = new Float32Array(logits.length)
  return () => loop(logits, labels, batchSize, gradient)
}

/** The kernel that cpu and wasm run, where it finds its data: without TensorFlow.js and without copies. */
function kernelRun(loss: Loss, { logits, labels, batchSize, classCount }: ReturnType<typeof benchmarkBatch>) {
  const kernel = compileKernel(loss, { classCount })
  const own = kernel.arrays(batchSize)
  own.logits.set(logits)
  own.labels.set(labels)
  return () => kernel.evaluate(own.logits, own.labels, own.gradient)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)]!
}
