import type { HubOptions } from '@dbloss/transformers'
import type { Command } from 'commander'
import { fileSize } from './file-size.ts'
import { coloursFor, type Io } from './io.ts'
import { createProgressDisplay } from './progress.ts'
import { createTable } from './tables.ts'

/** How a hub is reached, as it is typed. The token is not: what is typed can be read by others. */
export interface TypedHubOptions {
  readonly hubUrl?: string
}

/** What is said of tokens in the help of a command. */
export const tokenHelp = 'The token is that of the environment variable HF_TOKEN; it is never printed or stored.'

/** Adds the options of how a hub is reached. */
export function addHubOptions(command: Command): Command {
  return command.option('--hub-url <url>', 'the hub (default: HF_ENDPOINT, else https://huggingface.co)')
}

/** Works with a hub while its progress is shown. */
export async function withHubProgress<T>(
  { hubUrl }: TypedHubOptions,
  io: Io,
  work: (options: HubOptions & { onProgress: ReturnType<typeof createProgressDisplay>['show'] }) => Promise<T>,
): Promise<T> {
  const display = createProgressDisplay(io)
  try {
    return await work({ signal: io.signal, onProgress: display.show, ...(hubUrl === undefined ? {} : { hubUrl }) })
  } finally {
    display.end()
  }
}

/** The files of a model with their sizes, and all of them together. */
export function filesTable(files: readonly { readonly path: string; readonly size: number }[], io: Io): string {
  const table = createTable(['file', 'size'], 1, coloursFor(io, io.stdout))
  for (const { path, size } of files) table.push([path, fileSize(size)])
  table.push(['together', fileSize(files.reduce((sum, { size }) => sum + size, 0))])
  return table.toString()
}
