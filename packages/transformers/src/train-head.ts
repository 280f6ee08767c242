import type { Loss } from '@dbloss/core'
import type { Ort } from '@dbloss/onnx-training'
import type { RawSamples } from './fine-tuning/head-samples.ts'
import { trainHeadByEpochs } from './fine-tuning/head-training.ts'
import type { LinearHead } from './linear-head.ts'
import type { SamplerName, TrainingSettings } from './training-settings.ts'

/** What {@link trainHead} needs. */
export interface TrainHeadOptions extends TrainingSettings, RawSamples {
  /** The runtime, as `import * as ort from 'onnxruntime-node'`, or `transformersRuntime()`. */
  readonly ort: Ort
  readonly loss: Loss
  /** Default `uniform`. */
  readonly sampler?: SamplerName
  readonly signal?: AbortSignal | undefined
  /** Called after each epoch. */
  readonly onEpoch?: ((epoch: number, loss: number) => void) | undefined
}

/** A trained head. */
export interface TrainedHead {
  /** For raw features: the scaling is folded in. */
  readonly head: LinearHead
  /** The mean loss of each epoch. */
  readonly lossCurve: readonly number[]
}

/**
 * Trains a linear head on features with AdamW, starting from zeros. Features are scaled first, and the returned head undoes
 * it.
 *
 * Both samplers run as an endless stream that is cut into full batches: the class-aware sampler's own epoch has another
 * length, and losses could not be compared after different numbers of steps.
 *
 * @throws DblossError `argument`, `shape` and `labels` for bad input; rejects with the signal's reason when it is aborted.
 */
export async function trainHead(options: TrainHeadOptions): Promise<TrainedHead> {
  const { sampler = 'uniform', onEpoch } = options
  const { head, curve } = await trainHeadByEpochs({
    ...options,
    sampler,
    onEpoch: ({ epoch, loss }) => onEpoch?.(epoch, loss),
  })
  return { head, lossCurve: curve.lossCurve }
}
