import { createRandom, type LabelStatistics, statisticsFromCounts } from '@dbloss/core'

/** A batch of random logits and long-tailed labels, the same at every run. */
export interface BenchmarkBatch {
  readonly logits: Float32Array
  readonly labels: Float32Array
  readonly batchSize: number
  readonly classCount: number
  readonly statistics: LabelStatistics
}

/** Logits about N(0, 2²), labels with probabilities that fall like 1/rank from 0.3 on. */
export function benchmarkBatch(batchSize: number, classCount: number): BenchmarkBatch {
  const random = createRandom(7)
  const normal = (): number => (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3)
  const prior = (index: number): number => 0.3 / (1 + index / 4)
  const sampleCount = 100_000
  const size = batchSize * classCount
  return {
    batchSize,
    classCount,
    logits: Float32Array.from({ length: size }, () => 2 * normal()),
    labels: Float32Array.from({ length: size }, (_, at) => (random.next() < prior(at % classCount) ? 1 : 0)),
    statistics: statisticsFromCounts({
      sampleCount,
      classCounts: Array.from({ length: classCount }, (_, index) =>
        Math.max(1, Math.round(prior(index) * sampleCount)),
      ),
    }),
  }
}

/** The parameters of the measured loss: DB-Focal as published for COCO-MLT. */
export const measured = { alpha: 0.1, beta: 10, mu: 0.2, lambda: 2, kappa: 0.05, gamma: 2, balance: 2 } as const
