import { readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DblossError, isDblossError } from '@dbloss/core'
import { writeFileAtomic } from '@dbloss/onnx-training'
import { makeWritableFolder } from '../writable-folder.ts'
import { blockCheckpoints } from './block-checkpoints.ts'
import type { BlockCheckpoints } from './block-training.ts'
import { headCheckpoints } from './head-checkpoints.ts'
import type { HeadCheckpoints } from './head-training.ts'

/** What determines the result of a training, as JSON: a checkpoint of other settings is of no use. */
export type CheckpointSettings = Readonly<Record<string, unknown>>

/** The checkpoints of all runs of a fine-tuning in a folder. */
export interface Checkpoints {
  /** Of the head of a run. */
  head(run: number): HeadCheckpoints
  /** Of the blocks of a run. */
  blocks(run: number): BlockCheckpoints
  /** Removes them when all is done, and the folder when nothing else is in it. */
  remove(): Promise<void>
}

const settingsFile = 'settings.json'
const ownFile = /^run-\d+-(head|blocks(-best-\d+)?)\.safetensors$/

/**
 * Checks before work starts whether a training can use a folder for its checkpoints, and makes it if need be.
 *
 * @param settings those that are known by now.
 * @throws DblossError `output` for a folder that has checkpoints, unless they are to be resumed, and for one that cannot be
 * used; `argument` for checkpoints of other settings, with what differs.
 */
export async function checkCheckpoints(folder: string, settings: CheckpointSettings, resume: boolean): Promise<void> {
  await makeWritableFolder(folder, 'checkpoints')
  const found = await readSettings(folder)
  if (found === undefined) return
  if (!resume) {
    throw refusal(`${folder} has the checkpoints of a training that was interrupted`, 'resume, or another folder')
  }
  const differing = Object.keys(settings).filter((key) => !isSame(found[key], settings[key]))
  if (differing.length === 0) return
  const differences = differing.map((key) => describe(key, found[key], settings[key])).join('; ')
  throw new DblossError('argument', `the checkpoints in ${folder} are of another training: ${differences}`, {
    argument: 'checkpoints',
    found: differing,
    expected: 'the settings and data that the training began with, or another folder',
  })
}

/**
 * Opens a folder for checkpoints, each of which is written under a temporary name and renamed.
 *
 * @throws DblossError as {@link checkCheckpoints}.
 */
export async function openCheckpoints(
  folder: string,
  settings: CheckpointSettings,
  resume: boolean,
): Promise<Checkpoints> {
  await checkCheckpoints(folder, settings, resume)
  const pathOf = (name: string) => join(folder, name)
  // Without settings, files are what a killed removal has left.
  if (!(await exists(pathOf(settingsFile)))) await removeOwnFiles(folder)
  await writeFileAtomic(pathOf(settingsFile), [Buffer.from(`${JSON.stringify(settings, undefined, 2)}\n`)])
  return {
    head: (run) => headCheckpoints(pathOf(`run-${run}-head.safetensors`)),
    blocks: (run) => blockCheckpoints(folder, `run-${run}-blocks`),
    remove: async () => {
      await removeOwnFiles(folder)
      await rmdir(folder).catch(() => undefined)
    },
  }
}

/** The settings go first: without them nobody takes what a kill leaves of the rest for checkpoints. */
async function removeOwnFiles(folder: string): Promise<void> {
  await rm(join(folder, settingsFile), { force: true })
  for (const name of await readdir(folder)) if (ownFile.test(name)) await rm(join(folder, name), { force: true })
}

async function readSettings(folder: string): Promise<Record<string, unknown> | undefined> {
  const path = join(folder, settingsFile)
  if (!(await exists(path))) return undefined
  try {
    const settings: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof settings === 'object' && settings !== null) return settings as Record<string, unknown>
    throw refusal(`${path} is no JSON object`, 'the settings of checkpoints')
  } catch (cause) {
    if (isDblossError(cause)) throw cause
    throw refusal(`${path} cannot be read: ${String(cause)}`, 'the settings of checkpoints', cause)
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

function isSame(found: unknown, wanted: unknown): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted)
}

const longestShown = 60

/** `epochs is 3 there and 4 here`; of what is long, as digests, only that it differs. */
function describe(key: string, found: unknown, wanted: unknown): string {
  const [there, here] = [found, wanted].map((value) => JSON.stringify(value) ?? 'not given') as [string, string]
  if (Math.max(there.length, here.length) > longestShown) return `${key} differs`
  return `${key} is ${there} there and ${here} here`
}

function refusal(problem: string, expected: string, cause?: unknown): DblossError {
  return new DblossError('output', `${problem}; expected ${expected}`, {
    argument: 'checkpoints',
    found: problem,
    expected,
    ...(cause === undefined ? {} : { cause }),
  })
}
