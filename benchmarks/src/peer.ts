import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

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

/** The times of PyTorch, where a python3 of the machine has it; each case's is handed over. */
export function torchTimes(cases: BenchmarkCases, onTime: (ms: number) => void): TorchTimes | undefined {
  const script = fileURLToPath(new URL('./pytorch/loss_and_head.py', import.meta.url))
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, [script], { input: JSON.stringify(cases), encoding: 'utf8' })
    if (status !== 0) continue
    const times = JSON.parse(stdout) as TorchTimes
    Object.values(times.ms).forEach(onTime)
    return times
  }
  return undefined
}
