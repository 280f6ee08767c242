import { splitClasses, statisticsFromCounts } from '@dbloss/core'
import type { Predictions } from '@dbloss/transformers'
import { type SplitOfClass, splitsOfClasses } from '../../class-splits.ts'
import { type Companions, companionsOf } from './companions.ts'
import { type BootstrapSettings, type Comparison, compareRuns } from './comparison.ts'
import { type CurvePoint, pooledCurve } from './curves.ts'
import { type LabelSuspects, labelSuspects } from './label-suspects.ts'
import { mostWrong, type WrongPicture } from './most-wrong.ts'
import { judgedPictures } from './picture-probabilities.ts'
import { type RunNumbers, runNumbers } from './run-numbers.ts'
import { type ScoredSets, scoredSets } from './scored-set.ts'

/** A class, and how many pictures carry it. */
export interface ClassNumbers {
  readonly name: string
  readonly split: SplitOfClass
  readonly trainingCount: number
  /** Among the evaluated pictures. */
  readonly positives: number
}

/** The precision–recall curves of one class. */
export interface ClassCurves {
  readonly class: number
  /** One for each run. */
  readonly curves: readonly (readonly CurvePoint[])[]
}

/** Every number that the report shows; plain JSON, except that what has no value is NaN. */
export interface ReportNumbers {
  readonly format: 'dbloss-report'
  readonly version: 1
  readonly pictures: { readonly training: number; readonly validation: number; readonly test: number }
  readonly evaluatedOn: 'validation' | 'test'
  readonly classes: readonly ClassNumbers[]
  readonly comparison: Comparison
  readonly runs: readonly RunNumbers[]
  /** Of some classes, from the most frequent to the rarest. */
  readonly classCurves: readonly ClassCurves[]
  readonly companions: Companions
  /** The run with the highest mAP over all classes, which judges the pictures and labels below. */
  readonly judge: string
  readonly mostWrong: readonly WrongPicture[]
  readonly suspects: LabelSuspects
}

/** How much is shown of what can be very long. */
const limits = { classCurves: 12, companions: 24, pairs: 20, pictures: 12 } as const

/** The most weights of samples that a pass of the bootstrap adds up: some seconds. */
const mostWork = 2e9

/**
 * Computes what the report shows.
 *
 * @throws DblossError `data` when no picture has logits, and where labels or logits are not what the metrics take.
 */
export function reportNumbers(predictions: Predictions): ReportNumbers {
  const { classNames, classCounts, sampleCount, runs } = predictions
  const sets = scoredSets(predictions)
  const { evaluated, tuning } = sets
  const statistics = statisticsFromCounts({ classCounts, sampleCount, classNames })
  const classesOf = { all: [...classNames.keys()], ...splitClasses(statistics) }
  const settings = bootstrapSettings(sets, predictions)
  const comparison = compareRuns(evaluated, statistics, settings)
  const measured = runs.map((run) => runNumbers(run, { sets, statistics, classesOf, settings }))
  const classes = classNumbers(predictions, sets)
  const judge = comparison.winners.all?.run ?? runs[0]!.name
  const judging = measured.find(({ name }) => name === judge)!
  const countOf = (split: string): number => predictions.scored.filter((picture) => picture.split === split).length
  return {
    format: 'dbloss-report',
    version: 1,
    pictures: { training: sampleCount, validation: countOf('validation'), test: countOf('test') },
    evaluatedOn: evaluated.split,
    classes,
    comparison,
    runs: measured,
    classCurves: chosenClasses(classes, limits.classCurves).map((index) => ({
      class: index,
      curves: runs.map(({ name }) =>
        pooledCurve({ labels: evaluated.labels, scores: evaluated.scores.get(name)!, classes: [index] }),
      ),
    })),
    companions: companionsOf(predictions, { limit: limits.companions, pairs: limits.pairs }),
    judge,
    mostWrong: mostWrong(judgedPictures([evaluated], judging), limits.pictures),
    suspects: labelSuspects(judgedPictures(tuning === undefined ? [evaluated] : [evaluated, tuning], judging), {
      classCount: classNames.length,
      limit: limits.pictures,
    }),
  }
}

function bootstrapSettings({ evaluated }: ScoredSets, { classNames, runs }: Predictions): BootstrapSettings {
  const work = evaluated.pictures.length * classNames.length * runs.length
  return { confidence: 0.95, resamples: Math.max(200, Math.min(1000, Math.floor(mostWork / work))), seed: 0 }
}

function classNumbers({ classNames, classCounts, sampleCount }: Predictions, { evaluated }: ScoredSets) {
  const splits = splitsOfClasses(statisticsFromCounts({ classCounts, sampleCount }))
  const positives = new Array<number>(classNames.length).fill(0)
  for (const row of evaluated.labels) for (const index of row) positives[index]!++
  return classNames.map((name, index): ClassNumbers => {
    return { name, split: splits[index]!, trainingCount: classCounts[index]!, positives: positives[index]! }
  })
}

/** With fewer positives a precision–recall curve says little. */
const fewPositives = 5

/** Classes with positives, if possible not too few, at even distances from the most frequent to the rarest. */
function chosenClasses(classes: readonly ClassNumbers[], limit: number): number[] {
  const withPositives = (least: number): number[] =>
    [...classes.keys()].filter((index) => classes[index]!.positives >= least)
  const many = withPositives(fewPositives)
  const byCount = (many.length >= limit ? many : withPositives(1)).sort(
    (a, b) => classes[b]!.trainingCount - classes[a]!.trainingCount || a - b,
  )
  if (byCount.length <= limit) return byCount
  return Array.from({ length: limit }, (_, place) => byCount[Math.round((place * (byCount.length - 1)) / (limit - 1))]!)
}
