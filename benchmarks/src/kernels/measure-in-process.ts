import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ContenderName } from './measure-size.ts'
import type { TorchPython } from './torch-process.ts'
import type { Times } from './turns.ts'

/** One loss at one size. */
export interface SizeRequest {
  readonly name: string
  readonly batchSize: number
  readonly classCount: number
  readonly torch: TorchPython | undefined
}

/**
 * Measures in a process of its own: V8 compiles a function once for all sizes that it has seen, and a plain loop that is
 * made for two sizes takes 1.3 to 2 times as long as one that is made for one.
 */
export function measureInProcess(request: SizeRequest): Times<ContenderName> {
  const script = fileURLToPath(new URL('./size-main.ts', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, script, JSON.stringify(request)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`measuring ${request.name} failed`)
  return new Map(JSON.parse(stdout) as [ContenderName, number[]][])
}
