import { sigmoid } from '../formula/evaluate.ts'

/** The elements whose probability lies in (lower, upper]; the first bin holds 0 too. A reliability diagram draws these. */
export interface ReliabilityBin {
  readonly lower: number
  readonly upper: number
  /** How many elements; at least one. */
  readonly count: number
  /** The mean of their probabilities: what the classifier says. */
  readonly meanProbability: number
  /** How many of them are positive, as a share: what is so. */
  readonly positiveShare: number
}

/**
 * Sorts the known elements into bins of equal width by σ(score); bins without elements are not listed.
 *
 * @param labels 1, 0, or −1 for unknown: left out.
 */
export function reliabilityBins(labels: Int8Array, scores: ArrayLike<number>, binCount: number): ReliabilityBin[] {
  const counts = new Float64Array(binCount)
  const probabilities = new Float64Array(binCount)
  const positives = new Float64Array(binCount)
  labels.forEach((label, element) => {
    if (label === -1) return
    const probability = sigmoid(scores[element]!)
    const bin = Math.max(Math.ceil(probability * binCount) - 1, 0)
    counts[bin]!++
    probabilities[bin]! += probability
    positives[bin]! += label
  })
  return Array.from(counts, (count, bin) => ({
    lower: bin / binCount,
    upper: (bin + 1) / binCount,
    count,
    meanProbability: probabilities[bin]! / count,
    positiveShare: positives[bin]! / count,
  })).filter(({ count }) => count > 0)
}
