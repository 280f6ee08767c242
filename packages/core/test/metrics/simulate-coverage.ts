import { statisticsFromCounts } from '../../src/labels/index.ts'
import { bootstrapMapDifference, longTailMetrics, type ScoreData } from '../../src/metrics/index.ts'
import { createRandom } from '../../src/random.ts'

const classCount = 8
const sampleCount = 500
const dataSets = 100

interface SimulatedData {
  readonly labels: ScoreData
  readonly weak: ScoreData
  readonly strong: ScoreData
}

/**
 * The share of data sets whose interval holds the mAP, or the difference of two mAPs, that 20,000 samples show: intervals of
 * mAP, the same turned around at the estimate, which gives plain quantiles, and intervals of the difference. Normal scores,
 * shifted for positives; those of the two models are correlated.
 */
export function simulateCoverage(positives: number): { basic: number; plain: number; difference: number } {
  const random = createRandom(positives)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const draw = (samples: number): SimulatedData => {
    const [labels, weak, strong] = [0, 1, 2].map(() => new Float64Array(samples * classCount))
    for (let element = 0; element < samples * classCount; element++) {
      const label = random.next() < positives / sampleCount ? 1 : 0
      const shared = normal()
      labels![element] = label
      weak![element] = shared + 1.5 * label
      strong![element] = 0.8 * shared + 0.6 * normal() + 1.9 * label
    }
    return {
      labels: { data: labels!, classCount },
      weak: { data: weak!, classCount },
      strong: { data: strong!, classCount },
    }
  }

  const statistics = statisticsFromCounts({ classCounts: new Array(classCount).fill(positives), sampleCount })
  const population = draw(20_000)
  const trueMap = (scores: ScoreData): number =>
    longTailMetrics({ labels: population.labels, scores, statistics }).map.all
  const truth = trueMap(population.weak)
  const trueDifference = trueMap(population.strong) - truth

  const held = { basic: 0, plain: 0, difference: 0 }
  for (let seed = 0; seed < dataSets; seed++) {
    const { labels, weak, strong } = draw(sampleCount)
    const { baseline, models } = bootstrapMapDifference({
      labels,
      baseline: weak,
      scores: { strong },
      statistics,
      resamples: 200,
      seed,
    })
    const { estimate, lower, upper } = baseline.all
    const difference = models.strong.difference.all
    if (lower <= truth && truth <= upper) held.basic++
    if (lower <= 2 * estimate - truth && 2 * estimate - truth <= upper) held.plain++
    if (difference.lower <= trueDifference && trueDifference <= difference.upper) held.difference++
  }
  return {
    basic: held.basic / dataSets,
    plain: held.plain / dataSets,
    difference: held.difference / dataSets,
  }
}
