import { DblossError } from '@dbloss/core'
import { decodeModel, encodeModel, graphOf, type ModelProto } from '../onnx/index.ts'
import { isLeft, ModelFile } from '../onnx/model-file.ts'
import type { Ort } from '../ort.ts'
import { withSessionEntry } from '../session-entries.ts'
import { modelHash } from './model-hash.ts'
import { untieWeights } from './untie.ts'

/** Where a model that is given as bytes has its external data. */
const EXTERNAL_DATA_FOLDER = 'model_external_initializers_file_folder_path'

/**
 * The model of a training, with weights that are initializers of their own. The large weights of a model file can be left in
 * it: a native runtime maps them into memory, and JavaScript need not hold them.
 */
export class ModelSource {
  readonly #file: ModelFile | undefined
  #original: ModelProto
  #hash: Promise<string> | undefined

  private constructor(model: ModelProto, file?: ModelFile) {
    this.#original = untieWeights(model)
    this.#file = file
  }

  /** @throws DblossError `model` for a file that cannot be read, and for bytes that are no model. */
  static async open(given: string | Uint8Array | ModelProto): Promise<ModelSource> {
    if (typeof given !== 'string') return new ModelSource(given instanceof Uint8Array ? decodeModel(given) : given)
    const file = await ModelFile.open(given)
    try {
      return new ModelSource(await file.read(), file)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** The model; without the data of large weights after {@link leaveData}. */
  get original(): ModelProto {
    return this.#original
  }

  /** The SHA-256 of the model with all its weights, in hexadecimal. */
  hash(): Promise<string> {
    this.#hash ??= modelHash(this.#original)
    return this.#hash
  }

  /** Lets go of what lies in the model's file. */
  async leaveData(): Promise<void> {
    if (this.#file === undefined) return
    await this.hash()
    this.#original = this.#file.leaveData(this.#original)
  }

  /** A model made from this one, without the data that lie in its file. */
  withoutData(model: ModelProto): ModelProto {
    return this.#file === undefined ? model : this.#file.leaveData(model)
  }

  /**
   * The model with all its data.
   *
   * @throws DblossError `model` when its file was changed.
   */
  async whole(): Promise<ModelProto> {
    if (this.#file === undefined) return this.#original
    const model = await this.#file.fetchData(this.#original)
    if ((await modelHash(model)) === (await this.hash())) return model
    throw new DblossError('model', 'the model file was changed since the training began; expected the file as it was', {
      argument: 'model',
      expected: 'the content that the trainer was created with',
    })
  }

  /** The runtime, which also takes models without the data that lie in the file. */
  runtime(ort: Ort): Ort {
    const file = this.#file
    if (file === undefined) return ort
    const create: Ort['InferenceSession']['create'] = async (bytes, options) => {
      const model = decodeModel(bytes)
      if (!graphOf(model).initializer.some(isLeft)) return ort.InferenceSession.create(bytes, options)
      if (await file.isInPlace()) {
        try {
          return await ort.InferenceSession.create(bytes, withSessionEntry(options, EXTERNAL_DATA_FOLDER, file.folder))
        } catch {
          // A runtime that maps no files, as WebAssembly. What else is wrong is wrong with the data too.
        }
      }
      return ort.InferenceSession.create(encodeModel(await file.fetchData(model)), options)
    }
    return { InferenceSession: { create }, Tensor: ort.Tensor }
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }
}
