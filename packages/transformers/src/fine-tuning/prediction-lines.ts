import type { ImageItem } from '../data/dataset.ts'
import type { PredictionLine, PredictionRun, ScoredPicture } from '../predictions/predictions.ts'
import type { WritePredictionsOptions } from '../predictions/write-predictions.ts'
import type { ImageSet, ImageSets } from './image-sets.ts'
import type { FineTuneResult, FineTuneRun } from './result.ts'
import type { TrainedRun } from './train-runs.ts'

/** What the predictions file of a fine-tuning is made of. */
export interface PredictionsSource {
  readonly images: ImageSets
  readonly trained: readonly TrainedRun[]
  readonly nameOf: (item: ImageItem) => string
}

/**
 * The content of a predictions file: the labels of the training images, the logits of the validation images and of those that
 * were measured. The latter are `test`, unless they are the validation images or the validation split of the data.
 */
export function predictionsOf(
  { runs, statistics, classNames, evaluatedOn, validatedOn }: Omit<FineTuneResult, 'output'>,
  { images, trained, nameOf }: PredictionsSource,
): WritePredictionsOptions {
  const { training, validation, evaluation } = images
  const areSame = validation !== undefined && validation.places[0] === evaluation.places[0]
  const measured = evaluatedOn === 'validation' && (areSame || validatedOn === 'none') ? 'validation' : 'test'
  const scored: [ImageSet, ScoredPicture['split'], (run: TrainedRun) => Float32Array][] = [
    ...(validation === undefined || areSame ? [] : [scoredAs(validation, 'validation', validationLogitsOf)]),
    scoredAs(evaluation, measured, ({ evaluationLogits }) => evaluationLogits),
  ]
  function* lines(): Generator<PredictionLine> {
    for (const item of training.items) yield { file: nameOf(item), split: 'train', labels: item.labels }
    for (const [{ items }, split, logitsOf] of scored) {
      for (const [row, item] of items.entries()) {
        const logits = trained.map((run) => [run.prepared.name, rowOf(logitsOf(run), row, classNames.length)] as const)
        yield { file: nameOf(item), split, labels: item.labels, logits: Object.fromEntries(logits) }
      }
    }
  }
  return {
    header: {
      classNames,
      classCounts: Array.from(statistics.classCounts),
      sampleCount: statistics.sampleCount,
      imageCount: training.items.length + scored.reduce((count, [{ items }]) => count + items.length, 0),
      runs: runs.map(predictionRun),
    },
    pictures: lines(),
  }
}

function scoredAs(set: ImageSet, split: ScoredPicture['split'], logitsOf: (run: TrainedRun) => Float32Array) {
  return [set, split, logitsOf] satisfies [ImageSet, ScoredPicture['split'], (run: TrainedRun) => Float32Array]
}

function validationLogitsOf({ validationLogits }: TrainedRun): Float32Array {
  return validationLogits!
}

function rowOf(logits: Float32Array, row: number, classCount: number): Float32Array {
  return logits.subarray(row * classCount, (row + 1) * classCount)
}

function predictionRun({
  name,
  loss,
  lossParameters,
  sampler,
  lossCurve,
  training,
  tuned,
}: FineTuneRun): PredictionRun {
  const measures = [...training.head.validationCurve, ...(training.blocks?.validationCurve ?? [])]
  const validationCurve = measures.map(({ map }) => map.all)
  // Where no class has a positive among the validation images there is no average precision.
  const isMeasured = validationCurve.length > 0 && validationCurve.every(Number.isFinite)
  return {
    name,
    loss,
    lossParameters,
    sampler,
    lossCurve,
    ...(isMeasured ? { validationCurve } : {}),
    ...(tuned === undefined ? {} : { thresholds: tuned.thresholds }),
    ...(tuned?.temperature === undefined ? {} : { temperature: tuned.temperature }),
  }
}
