import { decodeModel, encodeModel, type OrtSession } from '@dbloss/onnx-training'
import {
  type FeatureGraph,
  featureGraph,
  imagePreparation,
  type ModelConfig,
  type PrepareImage,
} from '@dbloss/transformers/browser'
import { AutoImageProcessor, RawImage } from '@huggingface/transformers'
import { findModel } from './model-folder.ts'
import { ort } from './runtime.ts'

/** A vision model without its head: it turns a picture into a vector of features. */
export class Backbone {
  readonly name: string
  readonly config: ModelConfig
  /** `preprocessor_config.json`, byte for byte. */
  readonly preprocessor: Uint8Array
  readonly graph: FeatureGraph
  readonly #prepare: PrepareImage
  readonly #session: OrtSession
  /** By picture: a picture that was seen needs no second look. */
  readonly #known = new WeakMap<Blob, Float32Array>()

  private constructor(
    name: string,
    files: { readonly config: ModelConfig; readonly preprocessor: Uint8Array; readonly graph: FeatureGraph },
    prepare: PrepareImage,
    session: OrtSession,
  ) {
    this.name = name
    this.config = files.config
    this.preprocessor = files.preprocessor
    this.graph = files.graph
    this.#prepare = prepare
    this.#session = session
  }

  /** @throws Error when the model cannot be found, or its features cannot. */
  static async load(name: string, onShare: (share: number) => void): Promise<Backbone> {
    const folder = await findModel(name)
    const config = JSON.parse(new TextDecoder().decode(await folder.read('config.json'))) as ModelConfig
    const preprocessor = await folder.read('preprocessor_config.json')
    const graph = featureGraph(decodeModel(await folder.read('onnx/model.onnx', onShare)), config, 'auto', name)
    const prepare = await imagePreparation(await AutoImageProcessor.from_pretrained(name))
    const session = await ort.InferenceSession.create(encodeModel(graph.model))
    return new Backbone(name, { config, preprocessor, graph }, prepare, session as OrtSession)
  }

  /** The features of a picture. */
  async featuresOf(picture: Blob): Promise<Float32Array> {
    const known = this.#known.get(picture)
    if (known !== undefined) return known
    const { data, dims } = await this.#prepare(await RawImage.fromBlob(picture))
    const outputs = await this.#session.run({ pixel_values: new ort.Tensor('float32', data, [1, ...dims]) })
    const features = outputs[this.graph.output]!.data as Float32Array
    this.#known.set(picture, features)
    return features
  }

  async dispose(): Promise<void> {
    await this.#session.release?.()
  }
}
