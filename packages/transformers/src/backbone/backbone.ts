import { createHash } from 'node:crypto'
import { DblossError } from '@dbloss/core'
import { encodeModel, type Ort, type OrtSession } from '@dbloss/onnx-training'
import { AutoImageProcessor, env, type ImageProcessor, RawImage } from '@huggingface/transformers'
import { imagePreparation, type PrepareImage } from '../features/image-preparation.ts'
import { type PixelValues, runsOfOneSize, stack } from '../features/pixel-values.ts'
import { transformersRuntime } from '../runtime.ts'
import { type FeatureGraph, featureGraph } from './feature-graph.ts'
import { type BackboneDtype, type ModelConfig, type ModelFiles, readModelFiles } from './model-files.ts'
import type { Pooling } from './pooling.ts'

/** A vision model that turns images into feature vectors. Made by {@link loadBackbone}. */
export interface Backbone {
  /** The model as it was named: a folder or a name on the hub. */
  readonly name: string
  /** The precision of its weights. */
  readonly dtype: BackboneDtype
  readonly config: ModelConfig
  /** `preprocessor_config.json`, byte for byte. */
  readonly preprocessor: Uint8Array
  /** The image processor that transformers.js uses with this model. */
  readonly processor: ImageProcessor
  readonly graph: FeatureGraph
  /** D, the length of a feature vector. */
  readonly featureCount: number
  /**
   * A SHA-256 in hexadecimal of all that determines the features of an image: the graph with its weights and its pooling, the
   * settings of the processor, and the version of transformers.js.
   */
  readonly fingerprint: string
  /** The runtime that transformers.js loaded. */
  readonly ort: Ort
  /** Prepares a decoded image bit for bit as `processor` does. The image may be changed. */
  readonly prepare: PrepareImage
  /** Features of prepared images, row-major [images.length, featureCount]. */
  run(images: readonly PixelValues[]): Promise<Float32Array>
  /** Frees the session. */
  dispose(): Promise<void>
}

/** Options of {@link loadBackbone}. */
export interface BackboneOptions {
  /** Default `auto`. */
  readonly pooling?: Pooling
  /** Default `fp32`. */
  readonly dtype?: BackboneDtype
}

/**
 * Loads a vision model of transformers.js and finds its features.
 *
 * @param model a local folder (`config.json`, `preprocessor_config.json`, `onnx/model.onnx`) or a name on the hub.
 * @throws DblossError `model` when it cannot be loaded, and when its features cannot be found, naming the node; `argument`
 * for an unknown dtype, and for a pooling that does not fit.
 */
export async function loadBackbone(model: string, options: BackboneOptions = {}): Promise<Backbone> {
  const { pooling = 'auto', dtype = 'fp32' } = options
  const files = await readModelFiles(model, dtype)
  const graph = featureGraph(files.model, files.config, pooling, model)
  const processor = await AutoImageProcessor.from_pretrained(files.source)
  const prepare = await imagePreparation(processor)
  const ort = await transformersRuntime()
  const bytes = encodeModel(graph.model)
  const session = await createSession(ort, bytes, model)
  const run = (images: readonly PixelValues[]) => runSession(session, graph, images, ort)
  try {
    const featureCount = await measureFeatures(run, prepare, model, graph)
    return {
      ...named(model, files),
      dtype,
      processor,
      graph,
      featureCount,
      fingerprint: fingerprintOf(bytes, files),
      ort,
      prepare,
      run,
      dispose: async () => session.release?.(),
    }
  } catch (error) {
    await session.release?.()
    throw error
  }
}

function named(name: string, { config, preprocessor }: ModelFiles) {
  return { name, config, preprocessor }
}

function fingerprintOf(graph: Uint8Array, { preprocessor }: ModelFiles): string {
  const hash = createHash('sha256').update(`${env.version} ${graph.length}\n`)
  return hash.update(graph).update(preprocessor).digest('hex')
}

/** Threads that wait for work in a loop would take time from those that decode the next images. */
const sessionOptions = { extra: { session: { intra_op: { allow_spinning: '0' } } } }

async function createSession(ort: Ort, graph: Uint8Array, name: string): Promise<OrtSession> {
  try {
    return await ort.InferenceSession.create(graph, sessionOptions)
  } catch (error) {
    throw failure(name, 'cannot be loaded by ONNX Runtime', error)
  }
}

async function runSession(
  session: OrtSession,
  { output }: FeatureGraph,
  images: readonly PixelValues[],
  ort: Ort,
): Promise<Float32Array> {
  const parts: Float32Array[] = []
  for (const run of runsOfOneSize(images)) {
    const { data, dims } = stack(run)
    const outputs = await session.run({ pixel_values: new ort.Tensor('float32', data, dims) })
    const features = outputs[output]!
    if (features.dims.length !== 2 || features.dims[0] !== run.length) {
      throw new DblossError(
        'model',
        `${output} has shape [${features.dims.join(', ')}] for ${run.length} images; expected [${run.length}, features]`,
        { argument: 'model', found: features.dims, expected: 'one vector an image, for any batch size' },
      )
    }
    parts.push(features.data as Float32Array)
  }
  return joined(parts)
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

/** Runs two blank images: the shape of the features is only certain after a run, and so is a batch size other than 1. */
async function measureFeatures(
  run: Backbone['run'],
  prepare: PrepareImage,
  name: string,
  { description }: FeatureGraph,
): Promise<number> {
  const side = 256
  const blank = new RawImage(new Uint8ClampedArray(side * side * 3).fill(128), side, side, 3)
  const image = await prepare(blank)
  const features = await run([image, image]).catch((error: unknown) => {
    throw failure(name, `cannot compute its features (${description}) for two images`, error)
  })
  return features.length / 2
}

function failure(name: string, problem: string, error: unknown): DblossError {
  const reason = error instanceof Error ? error.message : String(error)
  return new DblossError('model', `${name} ${problem}: ${reason}`, { argument: 'model', cause: error })
}
