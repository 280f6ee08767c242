import { readFileSync } from 'node:fs'
import type { ClassDecisionScores, DecisionScores, ScoredSamples } from '../../src/metrics/index.ts'

interface CalibrationNumbers {
  readonly error: number
  readonly bins: readonly { readonly count: number; readonly meanProbability: number; readonly positiveShare: number }[]
}

/** One data set, row-major, and what scikit-learn and scipy say of it; null where a class has no positives. */
export interface MetricsCase {
  readonly name: string
  readonly classCount: number
  readonly labels: readonly number[]
  readonly scores: readonly number[]
  readonly thresholds: readonly number[]
  readonly decisions: {
    readonly micro: DecisionScores
    readonly macro: DecisionScores
    readonly samples: DecisionScores
    readonly perClass: readonly ClassDecisionScores[]
  }
  readonly ranking: {
    readonly coverageError: number
    readonly labelRankingLoss: number
    readonly labelRankingAveragePrecision: number
  }
  readonly classes: {
    readonly averagePrecision: readonly (number | null)[]
    readonly highestF1: readonly (number | null)[]
  }
  /** For each list of sample weights the average precision of each class. */
  readonly weighted: {
    readonly weights: readonly (readonly number[])[]
    readonly averagePrecision: readonly (readonly (number | null)[])[]
  }
}

/** A data set with overconfident logits too. */
export interface CalibrationCase extends MetricsCase {
  readonly logits: readonly number[]
  readonly calibration: readonly {
    readonly binCount: number
    readonly micro: CalibrationNumbers
    readonly macro: number
    readonly perClass: readonly CalibrationNumbers[]
  }[]
  readonly temperature: {
    readonly shared: number
    readonly perClass: readonly number[]
    readonly loss: { readonly before: number; readonly shared: number; readonly perClass: number }
  }
}

interface MetricsFixture {
  readonly cases: readonly (MetricsCase | CalibrationCase)[]
  readonly quantiles: readonly {
    readonly values: readonly number[]
    readonly confidence: number
    readonly lower: number
    readonly upper: number
  }[]
}

/** Written by fixtures/make-metrics.py. */
export const fixture: MetricsFixture = JSON.parse(
  readFileSync(new URL('./fixtures/metrics.json', import.meta.url), 'utf8'),
)

export const calibrationCases: readonly CalibrationCase[] = fixture.cases.filter((made) => 'logits' in made)

/** The data as the metrics take it. */
export function samplesOf({ labels, classCount }: MetricsCase, scores: readonly number[]): ScoredSamples {
  return { labels: { data: labels, classCount }, scores: { data: scores, classCount } }
}
