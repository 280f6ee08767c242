import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DblossError } from '@dbloss/core'
import { writeWholeFile } from './write-file.ts'

/** What the `config.json` of a saved model says about its labels. */
export interface ModelRecord {
  /** One name a class, [C]. */
  readonly classNames: readonly string[]
  /** A class is predicted where its logit is above this, [C]. Absent: not tuned. */
  readonly thresholds?: readonly number[]
  /** The pictures that it was trained on; absent for models that dbloss did not save. */
  readonly training?: { readonly sampleCount: number; readonly classCounts: readonly number[] }
}

/** How thresholds came about. */
export interface ThresholdsOrigin {
  readonly objective: string
  readonly data: string
  readonly splits: readonly string[]
  readonly samples: number
}

/**
 * Reads the labels, thresholds and training counts out of a config.
 *
 * @throws DblossError `model` for a config without labels, and for thresholds that do not fit them.
 */
export function readRecord(config: unknown, model: string): ModelRecord {
  const { id2label, dbloss } = asObject(config)
  const classNames = Object.entries(asObject(id2label))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, name]) => String(name))
  if (classNames.length === 0) throw problem(model, 'has no labels', 'id2label in its config.json')
  const { thresholds, training } = asObject(dbloss)
  const { samples, classCounts } = asObject(training)
  if (thresholds !== undefined && !isNumbers(thresholds, classNames.length)) {
    throw problem(model, 'has thresholds that do not fit its labels', `${classNames.length} numbers`)
  }
  const isCounted = typeof samples === 'number' && isNumbers(classCounts, classNames.length)
  return {
    classNames,
    ...(thresholds === undefined ? {} : { thresholds }),
    ...(isCounted ? { training: { sampleCount: samples, classCounts } } : {}),
  }
}

/**
 * Reads what a model folder says about its labels.
 *
 * @throws DblossError `model` as {@link readRecord}, and for a folder without a `config.json` that can be read.
 */
export async function readModelRecord(folder: string): Promise<ModelRecord> {
  return readRecord(await readConfig(folder), folder)
}

/**
 * Stores thresholds in the `config.json` of a model folder, under the key `dbloss`; the rest stays as it is.
 *
 * @throws DblossError `model` where there is no config that can be read, `output` where it cannot be written.
 */
export async function storeThresholds(
  folder: string,
  thresholds: readonly number[],
  origin: ThresholdsOrigin,
): Promise<void> {
  const config = asObject(await readConfig(folder))
  const dbloss = { ...asObject(config.dbloss), thresholds, thresholdsFrom: origin }
  await writeWholeFile(join(folder, 'config.json'), `${JSON.stringify({ ...config, dbloss }, undefined, 2)}\n`)
}

async function readConfig(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  } catch (cause) {
    throw problem(
      folder,
      'has no config.json that can be read',
      'the folder of a model that dbloss train has saved',
      cause,
    )
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite)
}

function problem(model: string, what: string, expected: string, cause?: unknown): DblossError {
  return new DblossError('model', `${model} ${what}; expected ${expected}`, {
    argument: 'model',
    found: model,
    expected,
    cause,
  })
}
