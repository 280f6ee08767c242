import type { LabelStatistics } from '@dbloss/core'

/** A loss and its gradient written by hand: fills the gradient and returns the mean. */
export type PlainLoop = (
  logits: Float32Array,
  labels: Float32Array,
  batchSize: number,
  gradient: Float32Array,
) => number

/** Binary cross-entropy on logits. */
export function plainCrossEntropy(): PlainLoop {
  return (logits, labels, _, gradient) => {
    const scale = 1 / logits.length
    let total = 0
    for (let at = 0; at < logits.length; at++) {
      const z = logits[at]!
      const y = labels[at]!
      const decay = Math.exp(-Math.abs(z))
      total += Math.max(z, 0) - y * z + Math.log1p(decay)
      gradient[at] = ((z > 0 ? 1 : decay) / (1 + decay) - y) * scale
    }
    return total * scale
  }
}

/** Negative-tolerant binary cross-entropy, λ 2, κ 0.05. */
export function plainNegativeTolerant({ classCounts, sampleCount }: LabelStatistics): PlainLoop {
  const shift = Float64Array.from(classCounts, (count) => 0.05 * Math.log(count / (sampleCount - count)))
  return (logits, labels, batchSize, gradient) => {
    const scale = 1 / logits.length
    let total = 0
    for (let row = 0, at = 0; row < batchSize; row++) {
      for (let index = 0; index < shift.length; index++, at++) {
        const z = logits[at]! + shift[index]!
        const isPositive = labels[at]! > 0.5
        const u = isPositive ? -z : 2 * z
        const decay = Math.exp(-Math.abs(u))
        const softplus = Math.max(u, 0) + Math.log1p(decay)
        const q = (u > 0 ? 1 : decay) / (1 + decay)
        total += isPositive ? softplus : softplus / 2
        gradient[at] = (isPositive ? -q : q) * scale
      }
    }
    return total * scale
  }
}

/** Focal loss, γ 2, balance 2. */
export function plainFocal(): PlainLoop {
  return (logits, labels, _, gradient) => {
    const scale = 1 / logits.length
    let total = 0
    for (let at = 0; at < logits.length; at++) {
      const isPositive = labels[at]! > 0.5
      const u = isPositive ? -logits[at]! : logits[at]!
      const decay = Math.exp(-Math.abs(u))
      const softplus = Math.max(u, 0) + Math.log1p(decay)
      const q = (u > 0 ? 1 : decay) / (1 + decay)
      total += 2 * q * q * softplus
      const slope = 2 * q * q * (q + 2 * (1 - q) * softplus) * scale
      gradient[at] = isPositive ? -slope : slope
    }
    return total * scale
  }
}

/** Class-balanced focal loss, β 0.9, γ 2, balance 2. */
export function plainClassBalanced({ classCounts }: LabelStatistics): PlainLoop {
  const weights = Float64Array.from(classCounts, (count) => 0.1 / (1 - 0.9 ** count))
  return (logits, labels, batchSize, gradient) => {
    const scale = 1 / logits.length
    let total = 0
    for (let row = 0, at = 0; row < batchSize; row++) {
      for (let index = 0; index < weights.length; index++, at++) {
        const isPositive = labels[at]! > 0.5
        const u = isPositive ? -logits[at]! : logits[at]!
        const decay = Math.exp(-Math.abs(u))
        const softplus = Math.max(u, 0) + Math.log1p(decay)
        const q = (u > 0 ? 1 : decay) / (1 + decay)
        const factor = 2 * weights[index]! * q * q
        total += factor * softplus
        const slope = factor * (q + 2 * (1 - q) * softplus) * scale
        gradient[at] = isPositive ? -slope : slope
      }
    }
    return total * scale
  }
}
