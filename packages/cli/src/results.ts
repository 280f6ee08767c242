import type { FineTuneResult } from '@dbloss/transformers'
import { splitsOfClasses } from './class-splits.ts'

/** All results of a training as plain JSON: what `dbloss train` prints with `--json` and writes with `--results`. */
export function resultsOf(folder: string, model: string, result: FineTuneResult) {
  const { runs, statistics, classNames, evaluatedOn, evaluationCount, output, features, skipped, notes } = result
  const splits = splitsOfClasses(statistics)
  return {
    data: folder,
    model,
    output,
    copies: result.copies,
    features,
    sampleCount: statistics.sampleCount,
    evaluatedOn,
    evaluationCount,
    validatedOn: result.validatedOn,
    validationCount: result.validationCount,
    classes: classNames.map((name, index) => ({
      name,
      count: statistics.classCounts[index],
      split: splits[index],
    })),
    runs: runs.map(({ name, loss, lossParameters, sampler, metrics, tuned, lossCurve, learningRate }) => ({
      name,
      loss,
      lossParameters,
      sampler,
      map: metrics.map,
      f1: metrics.f1,
      averagePrecision: Object.fromEntries(classNames.map((label, index) => [label, metrics.averagePrecision[index]])),
      tuned,
      learningRate,
      lossCurve,
    })),
    skipped,
    notes,
  }
}
