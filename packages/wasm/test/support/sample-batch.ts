import { createRandom, distributionBalancedLoss, statisticsFromCounts } from '@dbloss/core'
import { compileKernel } from '../../src/index.ts'

const classCount = 83
const batchSize = 9

export const sampleLoss = distributionBalancedLoss(
  statisticsFromCounts({
    classCounts: Array.from({ length: classCount }, (_, index) => 1 + 7 * index),
    sampleCount: 1000,
  }),
  { mu: 0.3 },
)

/** Value and gradient of a batch that is the same everywhere. */
export function evaluateBatch(): { readonly value: number; readonly gradient: number[] } {
  const random = createRandom(7)
  const logits = Float32Array.from({ length: batchSize * classCount }, () => 40 * random.next() - 20)
  const labels = logits.map(() => (random.next() < 0.1 ? 1 : 0))
  const gradient = new Float32Array(logits.length)
  const value = compileKernel(sampleLoss, { labels: 'hard' }).evaluate(logits, labels, gradient)
  return { value, gradient: Array.from(gradient) }
}
