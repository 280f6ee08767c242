import { cp, readFile, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { readModelFile, writeFileAtomic } from '@dbloss/onnx-training'
import { AutoImageProcessor } from '@huggingface/transformers'
import { type ModelConfig, resolveModel } from '../backbone/model-files.ts'
import type { ImageItem } from '../data/dataset.ts'
import { imagePreparation } from '../features/image-preparation.ts'
import { readTuning } from '../label-decisions.ts'
import { checkOutputFolder, writeFolder } from '../output-folder.ts'
import { transformersRuntime } from '../runtime.ts'
import { makeWritableFolder } from '../writable-folder.ts'
import { copyComparison } from './compare-copies.ts'
import { preparedImages, preparedNoise } from './comparison-images.ts'
import { type CopyDtype, checkCopyDtypes, copyDtypes } from './copy-dtype.ts'
import type { CopyWithContent, ModelCopy } from './model-copy.ts'
import { withCopies, withCopiesSection } from './saved-copies.ts'

/** Options of {@link exportCopies}. */
export interface ExportCopiesOptions {
  /** Default: `q8` and `fp16`. */
  readonly copies?: readonly CopyDtype[]
  /** A new folder, with all that the model's folder has and the copies. Default: the copies are added to the model's folder. */
  readonly output?: string
  /** Replaces a model that dbloss saved in `output`. Default false. */
  readonly overwrite?: boolean
  /** Copies are compared with the model on up to 64 of these, evenly spaced. Default: 8 images of noise. */
  readonly images?: readonly Pick<ImageItem, 'path' | 'read'>[]
  readonly signal?: AbortSignal
}

/**
 * Adds copies in other precisions to a saved model: `onnx/model_quantized.onnx` (`q8`) with weights of 8 bits, and
 * `onnx/model_fp16.onnx` (`fp16`), as `eightBitCopy` and `halfPrecisionCopy` of `@dbloss/onnx-training` make them. They are
 * compared with the model first; then files are written one by one as a whole, `config.json` with the record of the copies
 * last, or with `output` all of them as one folder. Copies that are there are replaced.
 *
 * @param model the folder of a model with `config.json`, `preprocessor_config.json` and `onnx/model.onnx`: `pixel_values` → `logits`.
 * @throws DblossError before anything is written: `argument` for copies that there are not, `model` for a model that cannot be
 * read, run or converted and for a copy whose logits are not finite, `output` for folders that cannot be written, `data` for images that
 * cannot be read. Rejects with the signal's reason when it is aborted.
 *
 * @example
 * const copies = await exportCopies('./my-model', { copies: ['q8'] })
 * const classify = await multiLabelPipeline('./my-model', { dtype: 'q8' })
 */
export async function exportCopies(model: string, options: ExportCopiesOptions = {}): Promise<ModelCopy[]> {
  const { copies: dtypes = copyDtypes, output, overwrite = false, signal } = options
  checkCopyDtypes(dtypes)
  const folder = await modelFolder(model)
  const config = await readConfig(folder, model)
  if (output === undefined) await makeWritableFolder(folder, 'model', { given: model })
  else {
    checkApart(folder, output)
    await checkOutputFolder(output, overwrite)
  }
  const copies = await copiesOf(folder, config, dtypes, { ...options, model })
  if (output === undefined) await writeCopies(folder, config, copies)
  else {
    await writeFolder(output, { overwrite, signal }, async (temporary) => {
      await cp(folder, temporary, { recursive: true, dereference: true })
      await writeCopies(temporary, config, copies)
    })
  }
  return copies.map(({ content: _, ...copy }) => copy)
}

async function copiesOf(
  folder: string,
  config: ModelConfig,
  dtypes: readonly CopyDtype[],
  { model, images, signal }: ExportCopiesOptions & { readonly model: string },
): Promise<CopyWithContent[]> {
  const proto = await readModelFile(join(folder, 'onnx', 'model.onnx'))
  const classCount = Object.keys((config.id2label as object | undefined) ?? {}).length
  const { thresholds = 0 } = readTuning(config, { classCount, model, calibrated: false })
  const prepare = await imagePreparation(await AutoImageProcessor.from_pretrained(folder))
  const hasImages = images !== undefined && images.length > 0
  const compare = await copyComparison(proto, {
    ort: await transformersRuntime(),
    images: hasImages ? await preparedImages(images, prepare, signal) : await preparedNoise(prepare),
    comparedOn: hasImages ? 'images' : 'noise',
    thresholds,
    signal,
  })
  const copies: CopyWithContent[] = []
  for (const dtype of new Set(dtypes)) copies.push(await compare(dtype))
  return copies
}

async function writeCopies(folder: string, config: ModelConfig, copies: readonly CopyWithContent[]): Promise<void> {
  for (const { file, content } of copies) await writeFileAtomic(join(folder, file), [content])
  const { config: recorded, all } = withCopies(config, copies)
  const card = await readFile(join(folder, 'README.md'), 'utf8').catch(() => undefined)
  if (card !== undefined) await writeText(join(folder, 'README.md'), withCopiesSection(card, all))
  await writeText(join(folder, 'config.json'), `${JSON.stringify(recorded, undefined, 2)}\n`)
}

function writeText(path: string, text: string): Promise<void> {
  return writeFileAtomic(path, [new TextEncoder().encode(text)])
}

async function modelFolder(model: string): Promise<string> {
  const folder = await resolveModel(model)
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) return folder
  throw unreadable(model, `there is no folder ${model}`)
}

async function readConfig(folder: string, model: string): Promise<ModelConfig> {
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
    if (typeof config === 'object' && config !== null) return config as ModelConfig
  } catch (cause) {
    throw unreadable(model, `${model} has no config.json that can be read`, cause)
  }
  throw unreadable(model, `config.json of ${model} is no JSON object`)
}

/** A folder cannot be copied into itself. */
function checkApart(folder: string, output: string): void {
  const way = relative(folder, resolve(output))
  if (way === '' || way.startsWith('..') || isAbsolute(way)) return
  throw new DblossError('output', `${output} lies inside the model; expected a folder elsewhere`, {
    argument: 'output',
    found: output,
    expected: "a folder outside of the model's",
  })
}

function unreadable(model: string, problem: string, cause?: unknown): DblossError {
  const expected = 'the folder of a saved model'
  return new DblossError('model', `${problem}; expected ${expected}`, {
    argument: 'model',
    found: model,
    expected,
    cause,
  })
}
