import { DblossError } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'

/** How to turn logits into labels. */
export interface PredictLabelsOptions {
  /** The probability above which a class is predicted: one for all, or one a class. Default 0.5. */
  readonly thresholds?: number | ArrayLike<number>
  /** Names by class. Default: the class indices as text. */
  readonly classNames?: readonly string[]
}

/** A label that is predicted for a sample. */
export interface PredictedLabel {
  readonly classIndex: number
  readonly label: string
  /** σ(z), between 0 and 1. */
  readonly score: number
}

/** What {@link predictLabels} gives. */
export interface LabelPrediction {
  /** σ(z) of every class, row-major [B, C]. */
  readonly scores: Float32Array
  /** For each sample the labels above their thresholds, the most probable first. */
  readonly labels: readonly (readonly PredictedLabel[])[]
}

/**
 * Labels from logits: `σ(z) > threshold`. The shift and scale of a loss are for training only and play no part here.
 *
 * @param logits - [B, C], what the model gives; not disposed.
 * @throws DblossError `shape` for logits of another rank, or thresholds or names for another number of classes;
 * `argument` for thresholds outside [0, 1].
 *
 * @example
 * const { labels } = await predictLabels(model.predict(images) as tf.Tensor, { classNames })
 */
export async function predictLabels(
  logits: tf.Tensor,
  { thresholds = 0.5, classNames }: PredictLabelsOptions = {},
): Promise<LabelPrediction> {
  const [batchSize, classCount] = logits.shape
  if (batchSize === undefined || classCount === undefined || logits.shape.length !== 2) {
    throw shapeError(
      'logits',
      `logits is [${logits.shape}]; expected [batch size, classes]`,
      logits.shape,
      '[batch size, classes]',
    )
  }
  const thresholdOf = readThresholds(thresholds, classCount)
  if (classNames !== undefined && classNames.length !== classCount) {
    throw shapeError(
      'classNames',
      `classNames has ${classNames.length} names but logits has ${classCount} columns`,
      classNames.length,
      `${classCount} names`,
    )
  }
  const probabilities = tf.sigmoid(logits)
  const scores = await probabilities.data<'float32'>()
  probabilities.dispose()
  const labels = Array.from({ length: batchSize }, (_, row) => {
    const predicted: PredictedLabel[] = []
    for (let classIndex = 0; classIndex < classCount; classIndex++) {
      const score = scores[row * classCount + classIndex]!
      if (score > thresholdOf(classIndex)) {
        predicted.push({ classIndex, label: classNames?.[classIndex] ?? `${classIndex}`, score })
      }
    }
    return predicted.sort((left, right) => right.score - left.score)
  })
  return { scores, labels }
}

function readThresholds(thresholds: number | ArrayLike<number>, classCount: number): (classIndex: number) => number {
  const list = typeof thresholds === 'number' ? [thresholds] : Array.from(thresholds)
  if (typeof thresholds !== 'number' && list.length !== classCount) {
    throw shapeError(
      'thresholds',
      `thresholds has ${list.length} values but logits has ${classCount} columns`,
      list.length,
      `${classCount} values`,
    )
  }
  const wrong = list.find((threshold) => !(threshold >= 0 && threshold <= 1))
  if (wrong !== undefined) {
    throw new DblossError('argument', `a threshold is ${wrong}; expected a probability between 0 and 1`, {
      argument: 'thresholds',
      found: wrong,
      expected: '[0, 1]',
    })
  }
  return (classIndex) => list[typeof thresholds === 'number' ? 0 : classIndex]!
}

function shapeError(argument: string, message: string, found: unknown, expected: string): DblossError {
  return new DblossError('shape', message, { argument, found, expected })
}
