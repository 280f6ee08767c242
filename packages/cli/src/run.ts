import { CommanderError } from 'commander'
import { reportError } from './errors.ts'
import type { Io } from './io.ts'
import { createProgram } from './program.ts'

/** 0: done; 1: the work failed; 2: the command was written wrongly; 130: interrupted. */
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
      io.stderr.write('\nStopped. Nothing half-written is left behind.\n')
      return 130
    }
    // Commander has already printed its message, the help or the version.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    reportError(error, io)
    return 1
  }
}
