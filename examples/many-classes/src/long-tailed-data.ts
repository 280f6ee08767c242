import { createRandom, type Random } from '@dbloss/core'

/** Samples with the classes that each carries. */
export interface Samples {
  /** Row-major [sampleCount, width]; the last value of a row is 1, the feature of the bias. */
  readonly features: Float32Array
  readonly labels: readonly (readonly number[])[]
}

/** A problem with many classes. */
export interface Problem {
  readonly classCount: number
  /** Features a sample, with the one of the bias. */
  readonly width: number
  readonly training: Samples
  readonly heldOut: Samples
}

/** Of the noise, beside prototypes of length 1. */
const NOISE = 0.3

/**
 * Draws a problem: each class has a direction of its own, and a sample is the sum of the directions of its one to three
 * classes, with noise. The class of rank r is drawn in proportion to 1/r, as words are.
 */
export function drawProblem(
  sizes: { readonly classCount: number; readonly width: number; readonly training: number; readonly heldOut: number },
  seed: number,
): Problem {
  const { classCount, width } = sizes
  const random = createRandom(seed)
  const length = width - 1
  const directions = new Float32Array(classCount * length)
  for (let at = 0; at < directions.length; at++) directions[at] = spread(random, length)

  function drawSamples(count: number): Samples {
    const features = new Float32Array(count * width)
    const labels = Array.from({ length: count }, (_, row) => {
      const classes = [...new Set(Array.from({ length: 1 + random.integer(3) }, () => zipf(random, classCount)))]
      const start = row * width
      for (let at = 0; at < length; at++) {
        features[start + at] = NOISE * spread(random, length)
        for (const index of classes) features[start + at]! += directions[index * length + at]!
      }
      features[start + length] = 1
      return classes
    })
    return { features, labels }
  }
  return { classCount, width, training: drawSamples(sizes.training), heldOut: drawSamples(sizes.heldOut) }
}

/** The samples from one to before another. */
export function samplesFrom({ features, labels }: Samples, width: number, start: number, end: number): Samples {
  return { features: features.subarray(start * width, end * width), labels: labels.slice(start, end) }
}

/** A rank from 0, by the inverse of the continuous distribution of density 1/r on [1, C + 1). */
function zipf(random: Random, classCount: number): number {
  return Math.floor((classCount + 1) ** random.next()) - 1
}

/** A component of a vector whose length is about 1: uniform, of variance 1 / components. */
function spread(random: Random, components: number): number {
  return (2 * random.next() - 1) * Math.sqrt(3 / components)
}
