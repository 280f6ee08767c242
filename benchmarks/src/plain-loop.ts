import type { LabelStatistics } from '@dbloss/core'
import { measured } from './data.ts'

/**
 * DB-Focal and its gradient as a user would write it by hand: one fused loop over typed arrays. The yardstick for what a
 * plain JavaScript implementation costs.
 */
export function plainLoop({
  classCounts,
  sampleCount,
}: LabelStatistics): (logits: Float32Array, labels: Float32Array, batchSize: number, gradient: Float32Array) => number {
  const { alpha, beta, mu, lambda, kappa, balance } = measured
  const inverse = Float64Array.from(classCounts, (count) => 1 / count)
  const shift = Float64Array.from(classCounts, (count) => kappa * Math.log(count / (sampleCount - count)))
  return (logits, labels, batchSize, gradient) => {
    const classCount = inverse.length
    const scale = 1 / (batchSize * classCount)
    let total = 0
    for (let row = 0; row < batchSize; row++) {
      const start = row * classCount
      let shown = 0
      for (let index = 0; index < classCount; index++) shown += labels[start + index]! * inverse[index]!
      for (let index = 0; index < classCount; index++) {
        const ratio = shown > 0 ? inverse[index]! / shown : Number.POSITIVE_INFINITY
        const weight = alpha + 1 / (1 + Math.exp(-beta * (ratio - mu)))
        const z = logits[start + index]! + shift[index]!
        const isPositive = labels[start + index]! > 0.5
        const u = isPositive ? -z : lambda * z
        const decay = Math.exp(-Math.abs(u))
        const softplus = Math.max(u, 0) + Math.log1p(decay)
        const q = u > 0 ? 1 / (1 + decay) : decay / (1 + decay)
        const factor = weight * balance * q * q
        total += (factor * softplus) / (isPositive ? 1 : lambda)
        const slope = factor * (q + 2 * (1 - q) * softplus)
        gradient[start + index] = (isPositive ? -slope : slope) * scale
      }
    }
    return total * scale
  }
}
