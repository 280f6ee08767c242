import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

/** A program that ended with a failure, and everything it printed. */
export class FailedRun extends Error {
  readonly output: string

  constructor(command: string, output: string) {
    super(`${command} failed:\n${output}`)
    this.output = output
  }
}

/**
 * Runs a program to its end, some from the path and others from the workspace.
 *
 * @returns what it printed on standard output.
 * @throws FailedRun where it fails.
 */
export function run(command: string, args: readonly string[], cwd = '.'): Promise<string> {
  const program = ['git', 'node', 'pnpm', 'tar'].includes(command) ? command : resolve('node_modules/.bin', command)
  return new Promise((fulfil, reject) => {
    execFile(program, args, { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) fulfil(stdout)
      else reject(new FailedRun([command, ...args].join(' '), `${stdout}\n${stderr}`))
    })
  })
}

/**
 * Waits until all work has ended, also where some of it fails, so that what it uses can be removed.
 *
 * @throws the error of the first that failed.
 */
export async function allEnded<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(work)
  return await Promise.all(work)
}
