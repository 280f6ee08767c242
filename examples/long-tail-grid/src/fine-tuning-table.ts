import type { SplitIntervals } from '@dbloss/core'
import Table from 'cli-table3'
import type { Comparison } from './fine-tuning-comparison.ts'

/** A row for each subset, in percent. */
export function fineTuningTable(comparisons: readonly Comparison[]): string {
  const table = new Table({
    head: ['subset', 'photographs', 'frozen: mAP / head / medium / tail', 'fine-tuned', 'gain'],
    style: { head: [], border: [], compact: true },
  })
  for (const { subsetSeed, photographCount, frozen, tuned, gain } of comparisons) {
    const interval = `${signed(gain.estimate)} [${signed(gain.lower)}, ${signed(gain.upper)}]`
    table.push([subsetSeed, photographCount, cells(frozen), cells(tuned), interval])
  }
  return table.toString()
}

function cells({ all, head, medium, tail }: SplitIntervals): string {
  return [all, head, medium, tail].map(({ estimate }) => (100 * estimate).toFixed(1)).join(' / ')
}

function signed(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`
}
