import { type Batch, createRandom, type LabelStatistics, statisticsFromCounts } from '@dbloss/core'

/** A batch with the statistics of the imagined training set that it comes from. */
export interface ConformanceBatch extends Batch {
  readonly logits: Float32Array
  readonly labels: Float32Array
  readonly statistics: LabelStatistics
}

/** The share of the imagined training set that carries a class: a long tail from one half to one in two thousand. */
function prior(index: number, classCount: number): number {
  return 0.5 * 0.001 ** (classCount === 1 ? 0 : index / (classCount - 1))
}

const SAMPLE_COUNT = 10_000

/**
 * A batch of logits in (−4, 4) and hard labels, the same at every call. Every row has a positive; logits stay off 0,
 * where the comparisons of formulas change sides.
 */
export function conformanceBatch(batchSize: number, classCount: number, seed = 1): ConformanceBatch {
  const random = createRandom(seed)
  const labels = new Float32Array(batchSize * classCount)
  for (let row = 0; row < batchSize; row++) {
    for (let index = 0; index < classCount; index++) labels[row * classCount + index] = random.next() < 0.3 ? 1 : 0
    labels[row * classCount + random.integer(classCount)] = 1
  }
  const logits = labels.map(() => (random.next() < 0.5 ? -1 : 1) * (0.05 + 3.95 * random.next()))
  return { batchSize, logits, labels, statistics: conformanceStatistics(classCount) }
}

/** The statistics of the imagined training set. */
export function conformanceStatistics(classCount: number): LabelStatistics {
  return statisticsFromCounts({
    sampleCount: SAMPLE_COUNT,
    classCounts: Array.from({ length: classCount }, (_, index) => Math.round(prior(index, classCount) * SAMPLE_COUNT)),
  })
}
