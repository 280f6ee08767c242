import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What is measured in both languages. */
export interface BenchmarkCases {
  readonly threads: number
  /** [batchSize, classCount, repeats] */
  readonly losses: readonly (readonly [number, number, number])[]
  /** [batchSize, featureCount, classCount, repeats] */
  readonly heads: readonly (readonly [number, number, number, number])[]
}

/** PyTorch's median times by case. */
export interface TorchTimes {
  readonly version: string
  readonly threads: number
  /** The library that multiplies its matrices. */
  readonly matrixProducts: string
  readonly ms: Readonly<Record<string, number>>
}

/** The times of PyTorch, where a python3 of the machine has it. */
export function torchTimes(cases: BenchmarkCases): TorchTimes | undefined {
  const script = readFileSync(new URL('./torch.py', import.meta.url), 'utf8')
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, ['-c', script], { input: JSON.stringify(cases), encoding: 'utf8' })
    if (status === 0) return JSON.parse(stdout) as TorchTimes
  }
  return undefined
}
