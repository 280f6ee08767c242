import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeModel, type Trainer } from '@dbloss/onnx-training'
import type { Backbone, ImageItem } from '@dbloss/transformers'
import { AutoModelForImageClassification, RawImage, type Tensor } from '@huggingface/transformers'

/** The largest differences between logits of a trainer and of its saved model in two runtimes. */
export interface SavedModelDifferences {
  readonly betweenRuntimes: number
  /** Of whichever runtime differs more. */
  readonly fromTrainer: number
  /** The largest logit: rounding grows with it. */
  readonly largestLogit: number
}

/** Saves a trainer's model as a folder for transformers.js and compares the logits of some photographs. */
export async function compareSavedModel(
  trainer: Trainer,
  { ort, config, preprocessor, processor }: Backbone,
  classNames: readonly string[],
  items: readonly ImageItem[],
): Promise<SavedModelDifferences> {
  const images = await Promise.all(items.map(({ path }) => RawImage.read(path)))
  const { pixel_values: pixels } = (await processor(images)) as { pixel_values: Tensor }
  const data = pixels.data as Float32Array
  const expected = await trainer.predict({ inputs: { pixel_values: data }, batchSize: items.length })

  const folder = await mkdtemp(join(tmpdir(), 'dbloss-fine-tuned-'))
  try {
    await mkdir(join(folder, 'onnx'))
    const file = join(folder, 'onnx', 'model.onnx')
    await trainer.save(file)
    const id2label = Object.fromEntries(classNames.map((name, index) => [index, name]))
    const architectures = ['MobileNetV1ForImageClassification']
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, architectures, id2label }))
    await writeFile(join(folder, 'preprocessor_config.json'), preprocessor)

    const model = await AutoModelForImageClassification.from_pretrained(folder, {
      dtype: 'fp32',
      local_files_only: true,
    })
    const { logits } = (await model({ pixel_values: pixels })) as { logits: Tensor }
    const transformers = logits.data as Float32Array
    await model.dispose()
    const session = await ort.InferenceSession.create(encodeModel(await trainer.toModel()))
    const outputs = await session.run({ pixel_values: new ort.Tensor('float32', data, pixels.dims) })
    const onnxruntime = outputs.logits!.data as Float32Array
    await session.release?.()
    return {
      betweenRuntimes: largestDifference(transformers, onnxruntime),
      fromTrainer: Math.max(largestDifference(transformers, expected), largestDifference(onnxruntime, expected)),
      largestLogit: largestDifference(onnxruntime, new Float32Array(onnxruntime.length)),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function largestDifference(logits: Float32Array, others: ArrayLike<number>): number {
  return logits.reduce((largest, logit, index) => Math.max(largest, Math.abs(logit - others[index]!)), 0)
}
