import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeModel, type Trainer } from '@dbloss/onnx-training'
import type { Backbone, ImageItem } from '@dbloss/transformers'
import { AutoModelForImageClassification, RawImage, type Tensor } from '@huggingface/transformers'

/** The largest differences between the logits of a trainer and those of its saved model. */
export interface SavedModelDifferences {
  readonly transformers: number
  readonly onnxruntime: number
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
  const difference = (logits: Float32Array): number =>
    logits.reduce((largest, logit, index) => Math.max(largest, Math.abs(logit - expected[index]!)), 0)

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
    await model.dispose()
    const session = await ort.InferenceSession.create(encodeModel(await trainer.toModel()))
    const outputs = await session.run({ pixel_values: new ort.Tensor('float32', data, pixels.dims) })
    await session.release?.()
    return {
      transformers: difference(logits.data as Float32Array),
      onnxruntime: difference(outputs.logits!.data as Float32Array),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
