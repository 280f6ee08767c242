import { createRandom } from '@dbloss/core'

/** Samples as a model takes them. */
export interface Samples {
  /** Row-major [N, featureCount]. */
  readonly features: Float32Array
  /** The indices of the classes of each sample. */
  readonly labels: readonly (readonly number[])[]
}

/** Training and test samples of one problem. */
export interface Problem {
  readonly name: string
  readonly training: Samples
  readonly test: Samples
  readonly featureCount: number
  readonly classCount: number
}

const classCount = 30
const featureCount = 40
/** How strongly a class shows in the features, against noise of 1. */
const signal = 0.9

/** The share of the samples that carry a class: from 40 % down to 0.4 %. */
const frequency = (index: number): number => 0.4 * 0.01 ** (index / (classCount - 1))

/**
 * A made-up problem that is long-tailed and multi-label: each class adds its own direction to the features, and a rare
 * class brings a frequent one along. The test samples have the classes equally often.
 */
export function longTailedProblem(seed: number): Problem {
  const random = createRandom(seed)
  const normal = (): number => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()))
    return radius * Math.cos(2 * Math.PI * random.next())
  }
  const directions = Array.from({ length: classCount }, () => Float32Array.from({ length: featureCount }, normal))
  const draw = (count: number, shareOf: (index: number) => number): Samples => {
    const labels = Array.from({ length: count }, () => {
      const chosen = new Set<number>()
      for (let index = 0; index < classCount; index++) {
        if (random.next() >= shareOf(index)) continue
        chosen.add(index)
        if (index >= 10) chosen.add(index % 5)
      }
      return [...chosen].sort((left, right) => left - right)
    })
    const features = new Float32Array(count * featureCount)
    labels.forEach((list, row) => {
      for (let at = 0; at < featureCount; at++) {
        const mean = list.reduce((sum, index) => sum + directions[index]![at]!, 0)
        features[row * featureCount + at] = signal * mean + 2 * normal()
      }
    })
    return { features, labels }
  }
  return {
    name: `${classCount} made-up classes`,
    training: draw(1500, frequency),
    test: draw(1500, () => 0.06),
    featureCount,
    classCount,
  }
}
