import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DblossError } from '@dbloss/core'
import { recordKey } from '../classifier-config.ts'
import { markdownText } from '../model-card.ts'
import { readPredictions } from '../predictions/read-predictions.ts'
import { withoutLocalPaths } from './local-paths.ts'

/** A file as it is pushed. */
export interface PushedFile {
  /** Within the repository, with forward slashes. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** Where it is read from; a text where it differs from the file on the disk. */
  readonly content: URL | Blob
}

/** What a push would send, and what there is to say about it. */
export interface PushedFiles {
  readonly files: readonly PushedFile[]
  /** A sentence each. */
  readonly notes: readonly string[]
}

/** Options of {@link filesToPush}. */
export interface PushedFilesOptions {
  /**
   * Sends `predictions.jsonl` too, for reports. Default false: it names every picture that the model was trained and measured on.
   */
  readonly withPredictions?: boolean
}

const predictionsFile = 'predictions.jsonl'

/** The files of a repository that a push answers for: those that are no longer in the folder describe another model. */
export function isPushed(path: string): boolean {
  return path === predictionsFile || /^onnx\/[^/.][^/]*\.onnx[^/]*$/.test(path)
}

/**
 * The files of a model that dbloss wrote, as they are pushed: `config.json`, `preprocessor_config.json`, `README.md`, and the ONNX
 * files of `onnx/` with weights that lie beside them. Other files, such as reports with pictures, stay here. Paths of this machine
 * in config and model card are replaced by their last part.
 *
 * @throws DblossError `model` for a folder that dbloss did not write, and for files that are missing or empty; `data` for
 * predictions that cannot be read.
 */
export async function filesToPush(folder: string, options: PushedFilesOptions = {}): Promise<PushedFiles> {
  const { withPredictions = false } = options
  const { config, text, replaced } = await readConfig(folder)
  const cleaned = replaced.size === 0 ? text : `${JSON.stringify(config, undefined, 2)}\n`
  const [card, onnx] = [
    await readFile(join(folder, 'README.md'), 'utf8').catch(() => undefined),
    await onnxFiles(folder),
  ]
  const files = [
    textFile(folder, 'config.json', text, cleaned),
    await storedFile(folder, 'preprocessor_config.json'),
    ...(card === undefined ? [] : [textFile(folder, 'README.md', card, replacePaths(card, replaced))]),
    ...(await Promise.all(onnx.map((name) => storedFile(folder, `onnx/${name}`)))),
    ...(withPredictions ? [await storedFile(folder, predictionsFile)] : []),
  ]
  const notes = [
    ...(replaced.size === 0
      ? []
      : [`Paths of this machine are replaced by their last part: ${[...replaced.values()].join(', ')}.`]),
    ...(withPredictions ? await notesOnPredictions(join(folder, predictionsFile)) : []),
  ]
  return { files, notes }
}

async function readConfig(folder: string) {
  try {
    const text = await readFile(join(folder, 'config.json'), 'utf8')
    const config: unknown = JSON.parse(text)
    if (typeof config === 'object' && config !== null && recordKey in config) {
      return { text, ...withoutLocalPaths({ ...config }) }
    }
  } catch (cause) {
    throw refusal(folder, `${folder} has no config.json that can be read`, cause)
  }
  throw refusal(folder, `${folder} is no model that dbloss wrote: its config.json has no record '${recordKey}'`)
}

async function onnxFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'onnx')).catch(() => [])
  const found = names.filter((name) => isPushed(`onnx/${name}`)).sort()
  if (found.includes('model.onnx')) return found
  throw refusal(folder, `${folder} has no onnx/model.onnx`)
}

async function storedFile(folder: string, path: string): Promise<PushedFile> {
  const file = join(folder, path)
  const entry = await stat(file).catch(() => undefined)
  if (entry?.isFile() && entry.size > 0) return { path, size: entry.size, content: pathToFileURL(file) }
  throw refusal(folder, `${folder} has ${entry?.isFile() ? 'an empty' : 'no'} ${path}`)
}

function textFile(folder: string, path: string, stored: string, pushed: string): PushedFile {
  const size = Buffer.byteLength(pushed)
  return { path, size, content: stored === pushed ? pathToFileURL(join(folder, path)) : new Blob([pushed]) }
}

/** In a card, paths stand as words: as they are, or with what Markdown needs before some of their characters. */
function replacePaths(card: string, replaced: ReadonlyMap<string, string>): string {
  let text = card
  for (const [path, name] of replaced) {
    for (const written of new Set([markdownText(path), path])) {
      const word = written.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
      text = text.replaceAll(new RegExp(`(?<=^|[\\s('"\`])${word}(?=$|[\\s)'"\`,;])`, 'gm'), () => markdownText(name))
    }
  }
  return text
}

async function notesOnPredictions(file: string): Promise<string[]> {
  const { training, scored } = await readPredictions(file)
  const pictures = [...training, ...scored]
  const absolute = pictures.filter(({ file }) => /^([/\\]|[A-Za-z]:[/\\]|file:)/.test(file)).length
  const paths = absolute === 0 ? '' : `, ${absolute} of them by their paths on this machine`
  return [`${predictionsFile} names ${pictures.length} pictures${paths}.`]
}

function refusal(folder: string, problem: string, cause?: unknown): DblossError {
  const expected = 'a folder that fineTune or dbloss train has saved'
  return new DblossError('model', `${problem}; expected ${expected}`, {
    argument: 'folder',
    found: folder,
    expected,
    cause,
  })
}
