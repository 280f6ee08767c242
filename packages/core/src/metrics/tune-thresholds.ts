import { checkNumber } from '../check-number.ts'
import { type ClassDecisions, commonThreshold, type DecisionValue } from './common-threshold.ts'
import { cutBelow } from './cut-below.ts'
import { rankByScore, type ScoreRanking } from './score-ranking.ts'
import { classColumn, readScoredLabels, requireFiniteScores, type ScoredSamples } from './scored-labels.ts'

/** What {@link tuneThresholds} makes as large as it can be. */
export type ThresholdObjective = 'macro-f1' | 'micro-f1'

/** What {@link tuneThresholds} needs; the samples are those of a validation set. */
export interface TuneThresholdsOptions extends ScoredSamples {
  /** Default `macro-f1`, where a rare class weighs as much as a frequent one. */
  readonly objective?: ThresholdObjective
  /**
   * How many positives the common threshold is worth, at least 0. Default 4. With 0 each class has the threshold that is
   * best on the samples, however few they are.
   */
  readonly shrinkage?: number
}

/** What {@link tuneThresholds} gives. */
export interface TunedThresholds {
  /** [C]; finite, so that they can be kept as JSON. A class is predicted when its score is above its threshold. */
  readonly thresholds: readonly number[]
  readonly objective: ThresholdObjective
  /** The objective with these thresholds, on the samples that they were tuned on: optimistic for others. */
  readonly f1: number
  /** The classes that are not predicted for any of the samples, ascending. */
  readonly unpredictedClasses: readonly number[]
}

/** One way to part the samples of a class. */
interface Cut {
  readonly threshold: number
  readonly predicted: number
  readonly agreed: number
}

/** The cuts of a class that can be best for some objective, from no predictions to the most. */
interface ClassCuts {
  readonly labelled: number
  readonly cuts: readonly Cut[]
}

/**
 * Thresholds, one a class, for a high macro or micro F1 on the known labels of a validation set.
 *
 * The best threshold t_c on the samples of a class is a guess where these have few positives n_c, and then decides worse on
 * others than no tuning at all. So it is drawn towards t, the one threshold for all classes with the highest objective, as an
 * empirical Bayes estimate is towards the common mean:
 *
 *     (n_c t_c + k t) / (n_c + k),    k the shrinkage
 *
 * **t_c.** Macro F1 is highest where each class has its own highest F1. Micro F1 joins the classes:
 *
 *     F = 2 Σ_c TP_c / Σ_c (TP_c + FN_c + TP_c + FP_c)
 *
 * At its maximum M each class takes the cut with the largest TP_c − M/2 · (TP_c + FP_c), and M is found exactly by
 * Dinkelbach's iteration ("On nonlinear fractional programming", Management Science 1967): choose the cuts for F, compute
 * F from them, repeat until it no longer rises.
 *
 * A best threshold lies midway between two neighbouring distinct scores. Where all samples are predicted best, it lies below
 * the lowest score s by max(1, |s|). Of cuts that are equally good, the one with the fewest predictions is taken. Where no
 * predictions are best (always so without known positives), t_c is the highest known score, but at least 0, the threshold
 * without tuning. A class without positives has n_c = 0, and so t, unless k is 0.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a score that is
 * not finite, `argument` for a shrinkage below 0.
 */
export function tuneThresholds(options: TuneThresholdsOptions): TunedThresholds {
  const { objective = 'macro-f1', shrinkage = 4, ...samples } = options
  checkNumber('shrinkage', shrinkage, { minimum: 0 })
  const scored = readScoredLabels(samples)
  requireFiniteScores(scored)
  const rankings = Array.from({ length: scored.classCount }, (_, index) => {
    const { labels, scores } = classColumn(scored, index)
    return rankByScore(labels, scores)
  })
  const own = bestCuts[objective](rankings.map(cutsOf)).map(({ threshold }) => threshold)
  const thresholds = shrinkage === 0 ? own : shrunk(own, rankings, shrinkage, f1Of[objective])
  const decisions = rankings.map((ranking, index) => decide(ranking, thresholds[index]!))
  return {
    thresholds,
    objective,
    f1: f1Of[objective](decisions),
    unpredictedClasses: decisions.flatMap(({ predicted }, index) => (predicted === 0 ? [index] : [])),
  }
}

function shrunk(own: readonly number[], rankings: readonly ScoreRanking[], shrinkage: number, goodness: DecisionValue) {
  const common = commonThreshold(rankings, goodness)
  return own.map((threshold, index) => {
    const weight = shrinkage / (rankings[index]!.positives + shrinkage)
    return (1 - weight) * threshold + weight * common
  })
}

function decide({ steps, positives }: ScoreRanking, threshold: number): ClassDecisions {
  const last = steps.findLast(({ score }) => score > threshold)
  return { labelled: positives, predicted: last?.predicted ?? 0, agreed: last?.agreed ?? 0 }
}

const classF1 = ({ labelled, predicted, agreed }: ClassDecisions): number =>
  agreed === 0 ? 0 : (2 * agreed) / (labelled + predicted)

const f1Of: Readonly<Record<ThresholdObjective, DecisionValue>> = {
  'macro-f1': (classes) => classes.reduce((sum, decisions) => sum + classF1(decisions), 0) / classes.length,
  'micro-f1': (classes) => {
    const sum = (key: keyof ClassDecisions): number => classes.reduce((total, counts) => total + counts[key], 0)
    return classF1({ labelled: sum('labelled'), predicted: sum('predicted'), agreed: sum('agreed') })
  },
}

const bestCuts: Readonly<Record<ThresholdObjective, (classes: readonly ClassCuts[]) => readonly Cut[]>> = {
  'macro-f1': (classes) => classes.map(({ labelled, cuts }) => best(cuts, (cut) => classF1({ labelled, ...cut }))),
  'micro-f1': (classes) => {
    const labelled = classes.reduce((sum, counts) => sum + counts.labelled, 0)
    // F / 2 = agreed / size, as integers: what is compared is exact.
    let agreed = 0
    let size = labelled
    for (;;) {
      const chosen = classes.map(({ cuts }) => best(cuts, (cut) => cut.agreed * size - agreed * cut.predicted))
      const nextAgreed = chosen.reduce((sum, cut) => sum + cut.agreed, 0)
      const nextSize = chosen.reduce((sum, cut) => sum + cut.predicted, labelled)
      if (nextAgreed === 0 || nextAgreed / nextSize <= agreed / size) return chosen
      agreed = nextAgreed
      size = nextSize
    }
  },
}

/** Cuts that add predictions but no hit are never better than the one before, so they are not listed. */
function cutsOf({ steps, positives }: ScoreRanking): ClassCuts {
  const cuts: Cut[] = [{ threshold: Math.max(steps[0]?.score ?? 0, 0), predicted: 0, agreed: 0 }]
  steps.forEach(({ score, predicted, agreed }, place) => {
    if (agreed === cuts.at(-1)!.agreed) return
    cuts.push({ threshold: cutBelow(score, steps[place + 1]?.score), predicted, agreed })
  })
  return { labelled: positives, cuts }
}

function best(cuts: readonly Cut[], value: (cut: Cut) => number): Cut {
  return cuts.reduce((chosen, cut) => (value(cut) > value(chosen) ? cut : chosen))
}
