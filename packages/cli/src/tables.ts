import { type LabelStatistics, type LongTailMetrics, splitClasses } from '@dbloss/core'
import Table from 'cli-table3'
import { splitsOfClasses } from './class-splits.ts'
import type { Colours } from './io.ts'

/** A trained head as the tables show it. */
export interface MeasuredRun {
  readonly loss: string
  readonly sampler: string
  readonly metrics: Pick<LongTailMetrics, 'map' | 'averagePrecision' | 'f1'>
}

/** What both tables need. */
export interface TableInput {
  readonly runs: readonly MeasuredRun[]
  /** Of the training pictures. */
  readonly statistics: LabelStatistics
  /** One name a class. */
  readonly classNames: readonly string[]
  readonly colours: Colours
}

/** So many classes are shown at most: beyond, the most frequent and the rarest of them. */
const mostClasses = 40

/**
 * The runs side by side: mean average precision over all classes and over head, medium and tail, with micro and macro F1,
 * in percent. The best of a column is bold, `–` stands for a split without a class to measure.
 */
export function comparisonTable({ runs, statistics, colours }: TableInput): string {
  const splits = splitClasses(statistics)
  const heading = (name: string, classes: number[]) => `${name}\n${classes.length} ${plural(classes.length, 'label')}`
  const columns: [title: string, value: (run: MeasuredRun) => number][] = [
    ['mAP', ({ metrics }) => metrics.map.all],
    [heading('head', splits.head), ({ metrics }) => metrics.map.head],
    [heading('medium', splits.medium), ({ metrics }) => metrics.map.medium],
    [heading('tail', splits.tail), ({ metrics }) => metrics.map.tail],
    ['micro F1', ({ metrics }) => metrics.f1.micro],
    ['macro F1', ({ metrics }) => metrics.f1.macro],
  ]
  const table = createTable(['loss', 'sampler', ...columns.map(([title]) => title)], 2, colours)
  const cells = columns.map(([, value]) => percentages(runs.map(value), colours))
  runs.forEach(({ loss, sampler }, row) => {
    table.push([loss, sampler, ...cells.map((column) => column[row]!)])
  })
  return table.toString()
}

/** Average precision of each class in each run, in percent, from the most frequent class to the rarest. */
export function classTable({ runs, statistics, classNames, colours }: TableInput): string {
  const { classCounts } = statistics
  const splits = splitsOfClasses(statistics)
  const byCount = [...classCounts.keys()].sort((a, b) => classCounts[b]! - classCounts[a]!)
  const half = mostClasses / 2
  const shown = byCount.length > mostClasses ? [...byCount.slice(0, half), ...byCount.slice(-half)] : byCount
  const titles = runs.map(({ loss, sampler }) => `${loss}\n${sampler}`)
  const table = createTable(['label', 'split', 'pictures', ...titles], 2, colours)
  shown.forEach((index, row) => {
    if (shown.length < byCount.length && row === half) {
      const hidden = `… ${byCount.length - shown.length} more`
      table.push([hidden, ...new Array<string>(2 + runs.length).fill('')])
    }
    const precisions = runs.map(({ metrics }) => metrics.averagePrecision[index]!)
    table.push([classNames[index]!, splits[index]!, String(classCounts[index]), ...percentages(precisions, colours)])
  })
  return table.toString()
}

function createTable(head: string[], leftAligned: number, colours: Colours): Table.Table {
  return new Table({
    head: head.map((title) => title.split('\n').map(colours.bold).join('\n')),
    colAligns: head.map((_, column) => (column < leftAligned ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
}

/** In percent with one digit, the highest bold where there are several. */
function percentages(values: readonly number[], colours: Colours): string[] {
  const highest = Math.max(...values.filter((value) => !Number.isNaN(value)))
  return values.map((value) => {
    if (Number.isNaN(value)) return '–'
    const text = (100 * value).toFixed(1)
    return values.length > 1 && value === highest ? colours.bold(text) : text
  })
}

/** `1 label`, `2 labels`. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`
}
