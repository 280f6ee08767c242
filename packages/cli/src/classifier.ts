import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { CopyDtype } from '@dbloss/transformers'
import {
  AutoImageProcessor,
  AutoModelForImageClassification,
  type ImageProcessor,
  type PreTrainedModel,
  RawImage,
} from '@huggingface/transformers'
import { type ModelRecord, readRecord } from './model-record.ts'

/** A saved multi-label classifier that gives logits, which thresholds and measures are about. */
export interface Classifier extends ModelRecord {
  /** Decodes an encoded image; rejects for one that cannot be decoded to its end. */
  decode(bytes: Uint8Array): Promise<RawImage>
  /** The logits of an image, [C]. */
  logits(image: RawImage): Promise<Float32Array>
  dispose(): Promise<void>
}

/** Options of {@link loadClassifier}. */
interface ClassifierOptions {
  /** Which copy of the model is loaded. Default: the model itself. */
  readonly copy?: CopyDtype | undefined
}

/**
 * Loads a saved model, with the processor that transformers.js uses with it.
 *
 * @param model a local folder, or a name on the hub.
 * @throws DblossError `model` when it cannot be loaded.
 */
export async function loadClassifier(model: string, { copy }: ClassifierOptions = {}): Promise<Classifier> {
  const [loaded, processor] = await load(model, copy)
  try {
    return {
      ...readRecord(loaded.config, model),
      decode: (bytes) => RawImage.fromBlob(new Blob([bytes as Uint8Array<ArrayBuffer>])),
      logits: async (image) => {
        const { logits } = await loaded(await processor(image))
        return Float32Array.from(logits.data as Float32Array)
      },
      dispose: async () => {
        await loaded.dispose()
      },
    }
  } catch (error) {
    await loaded.dispose()
    throw error
  }
}

async function load(model: string, dtype: CopyDtype | undefined): Promise<[PreTrainedModel, ImageProcessor]> {
  const source = existsSync(model) ? resolve(model) : model
  try {
    const processor = await AutoImageProcessor.from_pretrained(source)
    return [await AutoModelForImageClassification.from_pretrained(source, dtype && { dtype }), processor]
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]
    throw new DblossError('model', `${model} cannot be loaded as an image classifier: ${reason}`, {
      argument: 'model',
      found: model,
      expected: 'a folder that dbloss train has saved, or a name on the hub',
      cause,
    })
  }
}
