import {
  type ClassSplits,
  checkNumber,
  DblossError,
  type LabelInput,
  type LabelStatistics,
  type LongTailMetrics,
  longTailMetrics,
  type SplitMeans,
  type SplitThresholds,
  splitClasses,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs-core'
import { type LayersModelLike, namedOutputs } from './layers-model.ts'

/** What {@link longTailCallback} needs. */
export interface LongTailCallbackOptions {
  readonly model: LayersModelLike
  /** The inputs of the validation samples; not disposed. */
  readonly xs: tf.Tensor | tf.Tensor[]
  /** Their labels: lists of class indices, or a matrix of 1, 0 and −1. */
  readonly labels: LabelInput
  /** Of the training set: which classes are head, medium and tail. */
  readonly statistics: LabelStatistics
  /** Which output of the model to measure. Default: its only one. */
  readonly output?: string
  /** What early stopping and the best weights go by. Default `all`. */
  readonly monitor?: keyof SplitMeans
  /** Stop after so many epochs without a better value. Default: never. */
  readonly patience?: number
  /** What counts as better: more than this above the best. Default 0. */
  readonly minDelta?: number
  /** Whether the model ends with the weights of its best epoch. Default true. */
  readonly restoreBestWeights?: boolean
  /** Samples a prediction. Default 32. */
  readonly batchSize?: number
  /** Default: head from 100 training samples on, tail below 20. */
  readonly splitThresholds?: SplitThresholds
  /** Called after each epoch with its metrics; may wait for something. */
  readonly onMetrics?: (epoch: number, metrics: LongTailMetrics) => void | Promise<void>
}

/** The numbers of an epoch, as TensorFlow.js hands them to callbacks. */
export type EpochLogs = Record<string, unknown>

/** A callback for `fit` and `fitDataset`, with what it has seen. */
export interface LongTailCallback {
  onTrainBegin(): Promise<void>
  onEpochEnd(epoch: number, logs?: EpochLogs): Promise<void>
  onTrainEnd(): Promise<void>
  /** The metrics of each epoch of the last training. */
  readonly history: readonly LongTailMetrics[]
  /** The best epoch of the last training, counted from 0, and its value. */
  readonly best: { readonly epoch: number; readonly value: number } | undefined
}

/**
 * Measures mAP by head, medium and tail after each epoch, writes them into the logs (`val_map`, `val_map_head`,
 * `val_map_medium`, `val_map_tail`, so that they stand in the history), stops early and keeps the best weights.
 *
 * It is a plain object, as `fit({ callbacks: [it] })` takes them; beside callbacks of TensorFlow.js such as
 * `tf.callbacks.earlyStopping()` wrap it: `new tf.CustomCallback(it)`. A training is one call of `fit`: each begins with an
 * empty history and no best epoch.
 *
 * @throws DblossError `argument` when the monitored split has no class, `shape` and `labels` as `longTailMetrics`; during
 * training `runtime` when the loss is no longer finite, before the weights are lost in it.
 */
export function longTailCallback(options: LongTailCallbackOptions): LongTailCallback {
  return new LongTailMonitor(options)
}

const logNames = { all: 'val_map', head: 'val_map_head', medium: 'val_map_medium', tail: 'val_map_tail' } as const

class LongTailMonitor implements LongTailCallback {
  readonly #options: LongTailCallbackOptions
  readonly #monitor: keyof SplitMeans
  readonly #outputIndex: number
  #weights: tf.Tensor[] = []
  history: LongTailMetrics[] = []
  best: { epoch: number; value: number } | undefined

  constructor(options: LongTailCallbackOptions) {
    const {
      model,
      statistics,
      output,
      monitor = 'all',
      patience,
      minDelta = 0,
      batchSize = 32,
      splitThresholds,
    } = options
    if (patience !== undefined) checkNumber('patience', patience, { integer: true, minimum: 1 })
    checkNumber('minDelta', minDelta, { minimum: 0 })
    checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
    checkMonitor(monitor, splitClasses(statistics, splitThresholds))
    this.#options = options
    this.#monitor = monitor
    this.#outputIndex = outputIndex(model, output)
    // TensorFlow.js takes the methods off the object.
    this.onTrainBegin = this.onTrainBegin.bind(this)
    this.onEpochEnd = this.onEpochEnd.bind(this)
    this.onTrainEnd = this.onTrainEnd.bind(this)
  }

  async onTrainBegin(): Promise<void> {
    this.history = []
    this.best = undefined
    this.#forget()
  }

  async onEpochEnd(epoch: number, logs: EpochLogs = {}): Promise<void> {
    checkLoss(epoch, logs.loss)
    const metrics = await this.#measure()
    this.history.push(metrics)
    for (const [split, name] of Object.entries(logNames)) logs[name] = metrics.map[split as keyof SplitMeans]
    this.#compare(epoch, metrics.map[this.#monitor])
    await this.#options.onMetrics?.(epoch, metrics)
  }

  async onTrainEnd(): Promise<void> {
    if (this.#weights.length > 0) this.#options.model.setWeights(this.#weights)
    this.#forget()
  }

  async #measure(): Promise<LongTailMetrics> {
    const { model, xs, labels, statistics, batchSize = 32, splitThresholds } = this.#options
    const logits = tf.tidy(() => {
      const outputs = model.predict(xs, { batchSize })
      return Array.isArray(outputs) ? outputs[this.#outputIndex]! : outputs
    })
    const data = await logits.data()
    const classCount = logits.shape.at(-1)!
    logits.dispose()
    return longTailMetrics({
      labels,
      scores: { data, classCount },
      statistics,
      ...(splitThresholds === undefined ? {} : { splitThresholds }),
    })
  }

  #compare(epoch: number, value: number): void {
    const { model, patience, minDelta = 0, restoreBestWeights = true } = this.#options
    if (this.best === undefined || value > this.best.value + minDelta) {
      this.best = { epoch, value }
      this.#forget()
      if (restoreBestWeights) this.#weights = model.getWeights().map((weight) => tf.keep(tf.clone(weight)))
    } else if (patience !== undefined && epoch - this.best.epoch >= patience) {
      model.stopTraining = true
    }
  }

  #forget(): void {
    tf.dispose(this.#weights)
    this.#weights = []
  }
}

function checkMonitor(monitor: keyof SplitMeans, splits: ClassSplits): void {
  if (monitor === 'all' || splits[monitor].length > 0) return
  const expected = ['all', ...(['head', 'medium', 'tail'] as const).filter((name) => splits[name].length > 0)]
  throw new DblossError(
    'argument',
    `monitor is '${monitor}', but no class is in that split; expected ${expected.join(', ')}`,
    {
      argument: 'monitor',
      found: monitor,
      expected: expected.join(' | '),
    },
  )
}

function outputIndex(model: LayersModelLike, name: string | undefined): number {
  const outputNames = namedOutputs(model).map((output) => output.name)
  const index = name === undefined && outputNames.length === 1 ? 0 : outputNames.indexOf(name ?? '')
  if (index >= 0) return index
  throw new DblossError('argument', `output is ${name ?? 'not given'}; the model has ${outputNames.join(', ')}`, {
    argument: 'output',
    found: name,
    expected: outputNames.join(' | '),
  })
}

function checkLoss(epoch: number, loss: unknown): void {
  if (typeof loss !== 'number' || Number.isFinite(loss)) return
  throw new DblossError(
    'runtime',
    `training diverged in epoch ${epoch + 1}: the loss is ${loss}; try a lower learning rate, and check the inputs for NaN`,
    { argument: 'loss', found: loss, expected: 'a finite number' },
  )
}
