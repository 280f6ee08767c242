import { createRandom, evaluate, type HeadStart, type Loss, type OptimizerSettings } from '@dbloss/core'
import { conformanceBatch } from './data.ts'

/** A linear head with the data that it is trained on. */
export interface HeadProblem {
  readonly featureCount: number
  readonly classCount: number
  readonly batchSize: number
  /** Row-major [batchSize, featureCount]. */
  readonly features: Float32Array
  readonly labels: Float32Array
  readonly start: { readonly weights: Float64Array; readonly bias: Float64Array }
}

/** Weights and bias as they change during training. */
export interface HeadWeights {
  readonly weights: Float64Array
  readonly bias: Float64Array
}

/** The gradient of a loss with respect to the logits. */
export type LogitGradient = (logits: Float64Array) => Promise<ArrayLike<number>>

/** A small problem, the same at every call. */
export function headProblem(): HeadProblem {
  const [featureCount, classCount, batchSize] = [6, 4, 12]
  const random = createRandom(11)
  const centred = (): number => 2 * random.next() - 1
  return {
    featureCount,
    classCount,
    batchSize,
    features: Float32Array.from({ length: batchSize * featureCount }, centred),
    labels: conformanceBatch(batchSize, classCount, 5).labels,
    start: {
      weights: Float64Array.from({ length: featureCount * classCount }, () => Math.fround(0.3 * centred())),
      bias: Float64Array.from({ length: classCount }, () => Math.fround(0.3 * centred())),
    },
  }
}

/** logits = features · weights + bias, in float64. */
export function headLogits(
  { features, featureCount, classCount, batchSize }: HeadProblem,
  head: HeadWeights,
): Float64Array {
  const logits = new Float64Array(batchSize * classCount)
  for (let row = 0; row < batchSize; row++) {
    for (let index = 0; index < classCount; index++) {
      let sum = head.bias[index]!
      for (let f = 0; f < featureCount; f++) {
        sum += features[row * featureCount + f]! * head.weights[f * classCount + index]!
      }
      logits[row * classCount + index] = sum
    }
  }
  return logits
}

/** The gradient with respect to weights and bias from that with respect to the logits. */
function headGradient(
  { features, featureCount, classCount, batchSize }: HeadProblem,
  dLogits: ArrayLike<number>,
): HeadWeights {
  const weights = new Float64Array(featureCount * classCount)
  const bias = new Float64Array(classCount)
  for (let row = 0; row < batchSize; row++) {
    for (let index = 0; index < classCount; index++) {
      const derivative = dLogits[row * classCount + index]!
      bias[index]! += derivative
      for (let f = 0; f < featureCount; f++) {
        weights[f * classCount + index]! += features[row * featureCount + f]! * derivative
      }
    }
  }
  return { weights, bias }
}

/** One parameter array with its moments. */
interface Moments {
  readonly values: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
  readonly decay: number
}

/** The optimizers in float64, by the update rules of {@link OptimizerSettings}. */
function updater(optimizer: OptimizerSettings, head: HeadWeights): (gradient: HeadWeights) => void {
  const moments = (values: Float64Array, decay: number): Moments => ({
    values,
    first: new Float64Array(values.length),
    second: new Float64Array(values.length),
    decay,
  })
  const parts = { weights: moments(head.weights, optimizer.weightDecay ?? 0), bias: moments(head.bias, 0) }
  let step = 0
  return (gradient) => {
    step++
    const norm = Math.hypot(...gradient.weights, ...gradient.bias)
    const clip = optimizer.clipNorm === undefined ? 1 : Math.min(1, optimizer.clipNorm / norm)
    for (const key of ['weights', 'bias'] as const) {
      const { values, first, second, decay } = parts[key]
      for (const [index, raw] of gradient[key].entries()) {
        const g = raw * clip
        let direction: number
        if (optimizer.kind === 'adamW') {
          const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer
          first[index] = beta1 * first[index]! + (1 - beta1) * g
          second[index] = beta2 * second[index]! + (1 - beta2) * g * g
          const deviation = Math.sqrt(second[index]! / (1 - beta2 ** step)) + epsilon
          direction = first[index]! / (1 - beta1 ** step) / deviation
        } else {
          first[index] = (optimizer.momentum ?? 0) * first[index]! + g
          direction = first[index]!
        }
        values[index]! -= optimizer.learningRate * (direction + decay * values[index]!)
      }
    }
  }
}

/** Trains a head in float64 with a given gradient of the loss, and returns it. */
export async function trainInFloat64(
  problem: HeadProblem,
  optimizer: OptimizerSettings,
  steps: number,
  gradient: LogitGradient,
): Promise<HeadWeights> {
  const head = { weights: problem.start.weights.slice(), bias: problem.start.bias.slice() }
  const update = updater(optimizer, head)
  for (let step = 0; step < steps; step++) update(headGradient(problem, await gradient(headLogits(problem, head))))
  return head
}

/** The gradient of a loss by the reference. */
export function referenceGradient(loss: Loss, { labels, batchSize }: HeadProblem): LogitGradient {
  return async (logits) => evaluate(loss, { logits, labels, batchSize }).gradient
}

/** A problem as an adapter takes it. */
export function headStart({ featureCount, classCount, start }: HeadProblem, optimizer: OptimizerSettings): HeadStart {
  return { featureCount, classCount, weights: start.weights, bias: start.bias, optimizer }
}
