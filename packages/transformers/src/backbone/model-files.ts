import type { Stats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { type ModelProto, readModelFile } from '@dbloss/onnx-training'
import { AutoConfig, AutoImageProcessor, AutoModel, env } from '@huggingface/transformers'
import { modelFileNames } from './families.ts'

/** The content of a model's `config.json`. */
export type ModelConfig = Readonly<Record<string, unknown>>

/**
 * The precision of a backbone's weights: float32, float16, or 8-bit integers. It names the file, as transformers.js does:
 * `model.onnx`, `model_fp16.onnx` or `model_quantized.onnx`. Features are float32 with each.
 */
export type BackboneDtype = 'fp32' | 'fp16' | 'q8'

/** What the names of the files of a precision end in, before `.onnx`. */
export const fileSuffixes: Readonly<Record<BackboneDtype, string>> = { fp32: '', fp16: '_fp16', q8: '_quantized' }

/** The files of a model in the layout of transformers.js. */
export interface ModelFiles {
  /** What transformers.js loads it by: an absolute folder, or a name on the hub. */
  readonly source: string
  readonly config: ModelConfig
  /** `preprocessor_config.json`, byte for byte. */
  readonly preprocessor: Uint8Array
  /** `onnx/model.onnx`, or the file of another precision, with the weights that it keeps in files beside it. */
  readonly model: ModelProto
}

/** A local folder as an absolute path, or the name as it is when there is no such folder. */
export async function resolveModel(model: string): Promise<string> {
  for (const path of [resolve(model), ...(env.localModelPath ? [join(env.localModelPath, model)] : [])]) {
    if (await isFolder(path)) return path
  }
  if (isHubName(model)) return model
  throw new DblossError('model', `there is no folder ${model}; expected a local folder or a name on the hub`, {
    argument: 'model',
    found: model,
    expected: 'a local folder or a name on the hub',
  })
}

/** Whether a text may be a name on the hub, `model` or `user/model`; what is none is a path. */
export function isHubName(text: string): boolean {
  return /^[^./\\~:][^/\\:]*(\/[^/\\:]+)?$/.test(text)
}

/**
 * Reads a model from a local folder, or through transformers.js's cache from the hub. Of a model of images and texts, such
 * as CLIP, it is the part for images: `onnx/vision_model.onnx`.
 *
 * @throws DblossError `argument` for an unknown dtype; `model` for a folder without the files, a model that the hub does not give, bad JSON, and a model file
 * that `readModelFile` refuses.
 */
export async function readModelFiles(model: string, dtype: BackboneDtype): Promise<ModelFiles> {
  checkDtype(dtype)
  const source = await resolveModel(model)
  const folder = (await isFolder(source)) ? source : await download(source, dtype)
  const locate = (...files: [string, ...string[]]) => requiredFile(folder, files, model)
  const config = parseConfig(await readFile(await locate('config.json')), model)
  const [usual, ...others] = modelFileNames(config.model_type)
  const pathOf = (name: string) => `onnx/${name}${fileSuffixes[dtype]}.onnx`
  return {
    source,
    config,
    preprocessor: await readFile(await locate('preprocessor_config.json')),
    model: await readModelFile(await locate(pathOf(usual), ...others.map(pathOf))),
  }
}

function checkDtype(dtype: BackboneDtype): void {
  if (Object.hasOwn(fileSuffixes, dtype)) return
  const expected = Object.keys(fileSuffixes).join(', ')
  throw new DblossError('argument', `dtype is ${String(dtype)}; expected one of ${expected}`, {
    argument: 'dtype',
    found: dtype,
    expected,
  })
}

/** Has transformers.js download a model, with its own mirrors, tokens and cache; resolves to the folder in the cache. */
async function download(name: string, dtype: BackboneDtype): Promise<string> {
  try {
    await AutoImageProcessor.from_pretrained(name)
    const config = await AutoConfig.from_pretrained(name)
    const [file] = modelFileNames(config.model_type)
    const model = await AutoModel.from_pretrained(name, { dtype, config, model_file_name: file })
    await model.dispose()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DblossError('model', `${name} is no local folder and cannot be loaded from the hub: ${reason}`, {
      argument: 'model',
      found: name,
      expected: `a local folder or a name on the hub, with ${dtype} weights`,
      cause: error,
    })
  }
  return join(env.cacheDir ?? '', name)
}

/** The first of the files that is there. */
async function requiredFile(folder: string, files: readonly [string, ...string[]], model: string): Promise<string> {
  for (const path of files.map((file) => join(folder, file))) {
    if (await isThere(path, (entry) => entry.isFile())) return path
  }
  const found = (await modelFilesIn(folder)).join(', ') || 'none of its files'
  throw new DblossError('model', `${model} has no ${files[0]}; found ${found}`, {
    argument: 'model',
    found,
    expected: `config.json, preprocessor_config.json and ${files[0]}`,
  })
}

async function modelFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const inside = (await readdir(join(folder, 'onnx')).catch(() => [])).map((name) => `onnx/${name}`)
  return [...names, ...inside].filter((name) => /\.(json|onnx)$/.test(name)).sort()
}

function parseConfig(bytes: Uint8Array, model: string): ModelConfig {
  try {
    const config: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) return config as ModelConfig
  } catch (error) {
    throw new DblossError('model', `config.json of ${model} is not JSON`, { argument: 'model', cause: error })
  }
  throw new DblossError('model', `config.json of ${model} is not a JSON object`, { argument: 'model' })
}

function isFolder(path: string): Promise<boolean> {
  return isThere(path, (entry) => entry.isDirectory())
}

async function isThere(path: string, isExpected: (entry: Stats) => boolean): Promise<boolean> {
  const entry = await stat(path).catch(() => undefined)
  return entry !== undefined && isExpected(entry)
}
