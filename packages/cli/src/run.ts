import { isDblossError } from '@dbloss/core'
import { CommanderError } from 'commander'
import { reportError } from './errors.ts'
import { commandToGoOn, Interruption } from './interruption.ts'
import type { Io } from './io.ts'
import { createProgram } from './program.ts'

/** 0: done; 1: a problem in data, model, output or hub; 2: the command was written wrongly; 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 130

/**
 * Runs the `dbloss` command.
 *
 * @param argv the arguments after the command's name, as in `['train', './photos', '--model', …]`.
 * @returns the exit code; it does not throw and does not end the process.
 */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' })
    return 0
  } catch (error) {
    if (io.signal?.aborted) {
      reportInterruption(error, argv, io)
      return 130
    }
    // Commander has already printed its message, the help or the version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    reportError(error, io)
    return isDblossError(error) && error.code === 'argument' ? 2 : 1
  }
}

function reportInterruption(error: unknown, argv: readonly string[], io: Io): void {
  if (error instanceof Interruption) {
    const command = commandToGoOn(argv, error.goOnWith)
    io.stderr.write(`\nStopped. ${error.message}\nTo go on:  ${command}\n`)
  } else io.stderr.write('\nStopped. Nothing half-written is left behind.\n')
}
