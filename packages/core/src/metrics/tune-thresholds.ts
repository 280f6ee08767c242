import { rankByScore, type ScoreRanking } from './score-ranking.ts'
import { classColumn, readScoredLabels, requireFiniteScores, type ScoredSamples } from './scored-labels.ts'

/** What {@link tuneThresholds} makes as large as it can be. */
export type ThresholdObjective = 'macro-f1' | 'micro-f1'

/** What {@link tuneThresholds} needs; the samples are those of a validation set. */
export interface TuneThresholdsOptions extends ScoredSamples {
  /** Default `macro-f1`, where a rare class weighs as much as a frequent one. */
  readonly objective?: ThresholdObjective
}

/** What {@link tuneThresholds} gives. */
export interface TunedThresholds {
  /** [C]; finite, so that they can be kept as JSON. A class is predicted when its score is above its threshold. */
  readonly thresholds: readonly number[]
  readonly objective: ThresholdObjective
  /** The objective with these thresholds, on the samples that they were tuned on: optimistic for others. */
  readonly f1: number
  /** The classes that are not predicted for any of the samples, ascending: among them all without known positives. */
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
 * The thresholds, one a class, with the highest macro or micro F1 on the known labels of a validation set.
 *
 * Macro F1 is highest where each class has its own highest F1. Micro F1 joins the classes:
 *
 *     F = 2 Σ_c TP_c / Σ_c (TP_c + FN_c + TP_c + FP_c)
 *
 * At its maximum M each class takes the cut with the largest TP_c − M/2 · (TP_c + FP_c), and M is found exactly by
 * Dinkelbach's iteration ("On nonlinear fractional programming", Management Science 1967): choose the cuts for F, compute
 * F from them, repeat until it no longer rises.
 *
 * A threshold lies midway between two neighbouring distinct scores. Where all samples are predicted best, it lies below
 * the lowest score s by max(1, |s|). Of cuts that are equally good, the one with the fewest predictions is taken. Where no
 * predictions are best (always so without known positives), the threshold is the highest known score, but at least 0, the
 * threshold without tuning: the class stays possible for new samples.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a score that is
 * not finite.
 */
export function tuneThresholds({ objective = 'macro-f1', ...samples }: TuneThresholdsOptions): TunedThresholds {
  const scored = readScoredLabels(samples)
  requireFiniteScores(scored)
  const classes = Array.from({ length: scored.classCount }, (_, index) => {
    const { labels, scores } = classColumn(scored, index)
    return cutsOf(rankByScore(labels, scores))
  })
  const { chosen, f1 } = optimize[objective](classes)
  return {
    thresholds: chosen.map(({ threshold }) => threshold),
    objective,
    f1,
    unpredictedClasses: chosen.flatMap(({ predicted }, index) => (predicted === 0 ? [index] : [])),
  }
}

type Optimizer = (classes: readonly ClassCuts[]) => { readonly chosen: readonly Cut[]; readonly f1: number }

const optimize: Readonly<Record<ThresholdObjective, Optimizer>> = {
  'macro-f1': (classes) => {
    const f1 = (labelled: number, { agreed, predicted }: Cut): number =>
      agreed === 0 ? 0 : (2 * agreed) / (labelled + predicted)
    const chosen = classes.map(({ labelled, cuts }) => best(cuts, (cut) => f1(labelled, cut)))
    const sum = chosen.reduce((total, cut, index) => total + f1(classes[index]!.labelled, cut), 0)
    return { chosen, f1: sum / classes.length }
  },
  'micro-f1': (classes) => {
    const labelled = classes.reduce((sum, counts) => sum + counts.labelled, 0)
    // F / 2 = agreed / size, as integers: what is compared is exact.
    let agreed = 0
    let size = labelled
    for (;;) {
      const chosen = classes.map(({ cuts }) => best(cuts, (cut) => cut.agreed * size - agreed * cut.predicted))
      const nextAgreed = chosen.reduce((sum, cut) => sum + cut.agreed, 0)
      const nextSize = chosen.reduce((sum, cut) => sum + cut.predicted, labelled)
      if (nextAgreed === 0) return { chosen, f1: 0 }
      if (nextAgreed / nextSize <= agreed / size) return { chosen, f1: (2 * nextAgreed) / nextSize }
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
    cuts.push({ threshold: below(score, steps[place + 1]?.score), predicted, agreed })
  })
  return { labelled: positives, cuts }
}

/** Midway to the next lower score, if there is one. */
function below(score: number, lower: number | undefined): number {
  if (lower === undefined) return score - Math.max(1, Math.abs(score))
  const middle = score / 2 + lower / 2
  // Between neighbouring floats nothing lies midway: the lower one parts them, because scores must be above.
  return middle < score ? middle : lower
}

function best(cuts: readonly Cut[], value: (cut: Cut) => number): Cut {
  return cuts.reduce((chosen, cut) => (value(cut) > value(chosen) ? cut : chosen))
}
