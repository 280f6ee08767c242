import type { LabelStatistics } from '@dbloss/core'
import type { ImageSets } from './image-sets.ts'
import type { FineTuneRun } from './result.ts'
import type { TrainedRun } from './train-runs.ts'
import { tuneDecisions } from './tuned-decisions.ts'
import { scoreImages } from './validation.ts'

/** Measures a trained run, and tunes its decisions where there are validation images. */
export function finishedRun(
  { prepared, training, evaluationLogits, validationLogits, ...trained }: TrainedRun,
  { evaluation, validation }: ImageSets,
  statistics: LabelStatistics,
): FineTuneRun {
  const { name, lossName, loss, sampler } = prepared
  const { learningRate, learningRateTrials, head } = trained
  const measured = { labels: evaluation.labels, logits: evaluationLogits, statistics }
  return {
    name,
    loss: lossName,
    lossParameters: loss.parameters,
    sampler,
    metrics: scoreImages(measured, evaluationLogits),
    ...(validation === undefined || validationLogits === undefined
      ? {}
      : {
          validation: scoreImages({ labels: validation.labels, statistics }, validationLogits),
          tuned: tuneDecisions({ labels: validation.labels, logits: validationLogits, statistics }, measured),
        }),
    lossCurve: [...training.head.lossCurve, ...(training.blocks?.lossCurve ?? [])],
    training,
    learningRate,
    ...(learningRateTrials === undefined ? {} : { learningRateTrials }),
    head,
  }
}
