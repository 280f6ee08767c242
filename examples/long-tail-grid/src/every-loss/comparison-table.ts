import Table from 'cli-table3'
import type { TaskComparison } from './compare-losses.ts'
import { shown, signed, withInterval } from './shown-numbers.ts'

const head = [
  'loss',
  'sampler',
  'mAP [95 %]',
  'head',
  'medium',
  'tail [95 %]',
  'above BCE [95 %]',
  'F1 macro',
  'F1 micro',
  'ms a step',
]

/** The losses of a task, the best mAP first, in percent. */
export function comparisonTable({ cells }: Pick<TaskComparison, 'cells'>): string {
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column < 2 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const cell of [...cells].sort((a, b) => b.map.all! - a.map.all!)) {
    const { title, sampler, gain, f1, stepTime } = cell
    table.push([
      title,
      sampler,
      withInterval(cell, 'all'),
      shown(cell.map.head),
      shown(cell.map.medium),
      withInterval(cell, 'tail'),
      `${signed(gain.estimate)} [${gain.interval.map(signed).join(', ')}]`,
      shown(f1.macro),
      shown(f1.micro),
      stepTime.toFixed(1),
    ])
  }
  return table.toString()
}
