import { fileURLToPath } from 'node:url'
import { DblossError } from '@dbloss/core'
import {
  AutoImageProcessor,
  AutoModelForImageClassification,
  type DataType,
  type DeviceType,
  type ImageProcessor,
  type PreTrainedModel,
  RawImage,
  Tensor,
} from '@huggingface/transformers'
import { resolveModel } from './backbone/model-files.ts'
import { toPixelValues } from './features/image-preparation.ts'
import { runsOfOneSize, stack } from './features/pixel-values.ts'
import { firstLineOf } from './first-line.ts'
import { type ClassifyOptions, type LabelScore, labelDecisions, labelNames, readTuning } from './label-decisions.ts'

/** An image as transformers.js takes it: a path, a URL, a blob or decoded pixels. */
export type ImageInput = string | URL | Blob | RawImage

/** Options of {@link multiLabelPipeline}; the defaults are those of transformers.js and of the model's config. */
export interface MultiLabelPipelineOptions {
  readonly device?: DeviceType
  readonly dtype?: DataType
  /**
   * Divides logits by the temperature that was fitted on validation images, so that scores are probabilities: σ(z / T). Which
   * labels the config's thresholds give does not change. Default false.
   */
  readonly calibrated?: boolean
}

/** A loaded classifier: labels by descending score, of one image or of each image of a list. */
export interface MultiLabelPipeline {
  (image: ImageInput, options?: ClassifyOptions): Promise<LabelScore[]>
  (images: readonly ImageInput[], options?: ClassifyOptions): Promise<LabelScore[][]>
  /** Frees the sessions. */
  dispose(): Promise<void>
}

/** Images that go through the model together. */
const batchSize = 16

/**
 * Loads a multi-label image classifier. Its scores are σ(logits), where transformers.js's own image-classification pipeline
 * always applies softmax, as if an image had exactly one label.
 *
 * @param model a local folder, as {@link fineTune} saves it, or a name on the hub.
 * @throws DblossError `model` when it cannot be loaded, when its config has thresholds or a temperature that do not fit, and
 * when it has no temperature to calibrate by. The pipeline throws `data` for an image that cannot be read, naming
 * it, and `argument` for options out of range.
 *
 * @example
 * const classify = await multiLabelPipeline('./my-model')
 * await classify('photo.jpg')      // [{ label: 'sea', score: 0.97 }, { label: 'sunset', score: 0.81 }]
 */
export async function multiLabelPipeline(
  model: string,
  { calibrated = false, ...options }: MultiLabelPipelineOptions = {},
): Promise<MultiLabelPipeline> {
  const source = await resolveModel(model)
  const [classifier, processor] = await load(source, options, model)
  const names = labelNames(classifier.config)
  const tuning = await tuningOf(classifier, names.length, model, calibrated)

  async function classify(image: ImageInput, options?: ClassifyOptions): Promise<LabelScore[]>
  async function classify(images: readonly ImageInput[], options?: ClassifyOptions): Promise<LabelScore[][]>
  async function classify(
    images: ImageInput | readonly ImageInput[],
    options: ClassifyOptions = {},
  ): Promise<LabelScore[] | LabelScore[][]> {
    const decide = labelDecisions(options, { names, ...tuning })
    const scored: LabelScore[][] = []
    const list: readonly ImageInput[] = isList(images) ? images : [images]
    for (let start = 0; start < list.length; start += batchSize) {
      const logits = await runImages(list.slice(start, start + batchSize), classifier, processor)
      scored.push(...logits.map(decide))
    }
    return isList(images) ? scored : scored[0]!
  }
  return Object.assign(classify, {
    dispose: async () => {
      await classifier.dispose()
    },
  })
}

async function load(
  source: string,
  options: MultiLabelPipelineOptions,
  model: string,
): Promise<[PreTrainedModel, ImageProcessor]> {
  try {
    const processor = await AutoImageProcessor.from_pretrained(source)
    return [await AutoModelForImageClassification.from_pretrained(source, options), processor]
  } catch (error) {
    throw new DblossError('model', `${model} cannot be loaded as an image classifier: ${firstLineOf(error)}`, {
      argument: 'model',
      found: model,
      expected: 'a folder or hub name with config.json, preprocessor_config.json and onnx/model.onnx',
      cause: error,
    })
  }
}

/** What was tuned on validation images; a model that has it wrong is freed. */
async function tuningOf(classifier: PreTrainedModel, classCount: number, model: string, calibrated: boolean) {
  try {
    return readTuning(classifier.config, { classCount, model, calibrated })
  } catch (error) {
    await classifier.dispose()
    throw error
  }
}

function isList(images: ImageInput | readonly ImageInput[]): images is readonly ImageInput[] {
  return Array.isArray(images)
}

/** The logits of each image. */
async function runImages(
  images: readonly ImageInput[],
  classifier: PreTrainedModel,
  processor: ImageProcessor,
): Promise<Float32Array[]> {
  const prepared = await Promise.all(images.map(async (image) => toPixelValues(await readImage(image), processor)))
  const rows: Float32Array[] = []
  for (const run of runsOfOneSize(prepared)) {
    const { data, dims } = stack(run)
    const { logits } = await classifier({ pixel_values: new Tensor('float32', data, dims) })
    const classCount = logits.data.length / run.length
    for (let row = 0; row < run.length; row++) {
      rows.push(logits.data.slice(row * classCount, (row + 1) * classCount))
    }
  }
  return rows
}

async function readImage(image: ImageInput): Promise<RawImage> {
  try {
    // transformers.js takes the path of a file URL without decoding it.
    return await RawImage.read(image instanceof URL && image.protocol === 'file:' ? fileURLToPath(image) : image)
  } catch (error) {
    const name = typeof image === 'string' || image instanceof URL ? String(image) : 'the image'
    throw new DblossError('data', `${name} cannot be read as an image: ${firstLineOf(error)}`, {
      argument: 'image',
      found: name,
      expected: 'an image that can be decoded to its end',
      cause: error,
    })
  }
}
