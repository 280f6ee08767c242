import { readFile } from 'node:fs/promises'

/** A run in the file that `dbloss train --results` writes, as far as the demo reads it. */
export interface RunResult {
  readonly loss: string
  readonly sampler: string
  readonly map: { readonly all: number; readonly head: number; readonly medium: number; readonly tail: number }
  /** By the name of the class. */
  readonly averagePrecision: Readonly<Record<string, number>>
}

/** The runs that `dbloss train --results` has written to a file, the main one first. */
export async function readRuns(file: string): Promise<readonly RunResult[]> {
  return (JSON.parse(await readFile(file, 'utf8')) as { runs: RunResult[] }).runs
}

/** `mAP +4.8, head +7.7, medium +4.4, tail +1.3`: how many points one run is above another. */
export function difference(run: RunResult, baseline: RunResult): string {
  const points = (split: keyof RunResult['map']) => {
    const value = 100 * (run.map[split] - baseline.map[split])
    return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
  }
  return `mAP ${points('all')}, head ${points('head')}, medium ${points('medium')}, tail ${points('tail')}`
}
