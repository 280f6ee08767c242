import { countDecisions, type DecisionCounts } from './decision-counts.ts'
import { perClassNumbers } from './per-class-numbers.ts'
import { readScoredLabels, type ScoredMatrix, type ScoredSamples } from './scored-labels.ts'

/** What {@link precisionRecallF1} needs. */
export interface PrecisionRecallF1Options extends ScoredSamples {
  /** A class is predicted when its score is above this: one number, or one a class. Default 0, the middle of a logit. */
  readonly thresholds?: number | ArrayLike<number>
}

/** How good decisions are, each from 0 to 1. */
export interface DecisionScores {
  /** TP / (TP + FP): the share of the predictions that are right. */
  readonly precision: number
  /** TP / (TP + FN): the share of the positives that are predicted. */
  readonly recall: number
  /** 2 TP / (2 TP + FP + FN), their harmonic mean. */
  readonly f1: number
}

/** The decisions of one class. */
export interface ClassDecisionScores extends DecisionScores {
  /** The number of its known positives. */
  readonly support: number
}

/** What {@link precisionRecallF1} gives. */
export interface PrecisionRecallF1 {
  /** Over all elements together. */
  readonly micro: DecisionScores
  /** The mean over all classes. */
  readonly macro: DecisionScores
  /** The mean over the samples with at least one known label; NaN when there is none. */
  readonly samples: DecisionScores
  /** [C] */
  readonly perClass: readonly ClassDecisionScores[]
}

/**
 * Precision, recall and F1 of the known labels at decision thresholds, for each class and averaged as scikit-learn's
 * `precision_recall_fscore_support` does with `zero_division=0`: what is 0 / 0 counts 0, also in the averages.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a NaN score,
 * `argument` for a NaN threshold.
 */
export function precisionRecallF1({ thresholds = 0, ...samples }: PrecisionRecallF1Options): PrecisionRecallF1 {
  const scored = readScoredLabels(samples)
  return decisionScores(scored, perClassNumbers('thresholds', thresholds, scored.classCount))
}

/** {@link precisionRecallF1} of what was checked. */
export function decisionScores(scored: ScoredMatrix, thresholds: readonly number[]): PrecisionRecallF1 {
  const { total, byClass, bySample } = countDecisions(scored, thresholds)
  const perClass = byClass.map((counts) => ({ ...scoresOf(counts), support: counts.labelled }))
  return {
    micro: scoresOf(total),
    macro: meanScores(perClass),
    samples: meanScores(bySample.filter(({ known }) => known > 0).map(scoresOf)),
    perClass,
  }
}

function scoresOf({ agreed, labelled, predicted }: DecisionCounts): DecisionScores {
  return {
    precision: share(agreed, predicted),
    recall: share(agreed, labelled),
    f1: share(2 * agreed, labelled + predicted),
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function meanScores(groups: readonly DecisionScores[]): DecisionScores {
  const mean = (name: keyof DecisionScores): number =>
    groups.reduce((sum, scores) => sum + scores[name], 0) / groups.length
  return { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') }
}
