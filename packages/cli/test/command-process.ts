import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const nodeOptions = ['--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

/** How a process of the command ended, and what it said. */
export interface ProcessResult {
  /** Null after a signal. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the command as a process of its own.
 *
 * @param onStart gets the process, to send it signals.
 */
export async function dblossProcess(
  argv: readonly string[],
  onStart?: (child: ChildProcess) => void,
): Promise<ProcessResult> {
  const child = spawn(process.execPath, [...nodeOptions, main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  onStart?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
