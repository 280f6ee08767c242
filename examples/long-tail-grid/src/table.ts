import { namedLosses } from '@dbloss/core'
import Table from 'cli-table3'
import type { Cell } from './grid.ts'

/** The cells as a table, in percent. */
export function gridTable(cells: readonly Cell[]): string {
  const table = new Table({
    head: ['loss', 'sampler', 'mAP', 'head', 'medium', 'tail'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  })
  for (const { loss, sampler, map } of cells) {
    const values = [map.all, map.head, map.medium, map.tail].map((value) => (100 * value).toFixed(1))
    table.push([namedLosses[loss].title, sampler, ...values])
  }
  return table.toString()
}
