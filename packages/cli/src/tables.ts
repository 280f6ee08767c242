import { type LabelStatistics, type LongTailMetrics, splitClasses } from '@dbloss/core'
import Table from 'cli-table3'
import { splitsOfClasses } from './class-splits.ts'
import type { Colours } from './io.ts'

/** What was measured, as the tables show it: a run, or a split of the data. */
export interface Measured {
  /** Its name, in one or more columns. */
  readonly names: readonly string[]
  readonly metrics: Pick<LongTailMetrics, 'map' | 'averagePrecision' | 'f1'>
}

/** What both tables of measures need. */
export interface TableInput {
  readonly measured: readonly Measured[]
  /** Of the training pictures. */
  readonly statistics: LabelStatistics
  /** One name a class. */
  readonly classNames: readonly string[]
  readonly colours: Colours
}

/** So many classes are shown at most: beyond, the most frequent and the rarest of them. */
const mostClasses = 40

/**
 * What was measured side by side: mean average precision over all classes and over head, medium and tail, with micro and
 * macro F1, in percent. The best of a column is bold, `–` stands for a split without a class to measure.
 *
 * @param titles of the columns of names.
 */
export function comparisonTable({ measured, statistics, colours }: TableInput, titles: readonly string[]): string {
  const splits = splitClasses(statistics)
  const heading = (name: string, classes: number[]) => `${name}\n${classes.length} ${plural(classes.length, 'label')}`
  const columns: [title: string, value: (measured: Measured) => number][] = [
    ['mAP', ({ metrics }) => metrics.map.all],
    [heading('head', splits.head), ({ metrics }) => metrics.map.head],
    [heading('medium', splits.medium), ({ metrics }) => metrics.map.medium],
    [heading('tail', splits.tail), ({ metrics }) => metrics.map.tail],
    ['micro F1', ({ metrics }) => metrics.f1.micro],
    ['macro F1', ({ metrics }) => metrics.f1.macro],
  ]
  const table = createTable([...titles, ...columns.map(([title]) => title)], titles.length, colours)
  const cells = columns.map(([, value]) => percentages(measured.map(value), colours))
  measured.forEach(({ names }, row) => {
    table.push([...names, ...cells.map((column) => column[row]!)])
  })
  return table.toString()
}

/** Average precision of each class, in percent, from the most frequent class to the rarest. */
export function classTable({ measured, statistics, classNames, colours }: TableInput): string {
  const titles = measured.map(({ names }) => names.join('\n'))
  return tableByFrequency({ statistics, classNames, colours, titles }, (index) =>
    percentages(
      measured.map(({ metrics }) => metrics.averagePrecision[index]!),
      colours,
    ),
  )
}

/** A table of classes with their split and their pictures, and further cells, from the most frequent class to the rarest. */
export function tableByFrequency(
  { statistics, classNames, colours, titles }: Omit<TableInput, 'measured'> & { readonly titles: readonly string[] },
  cellsOf: (index: number) => readonly string[],
): string {
  const { classCounts } = statistics
  const splits = splitsOfClasses(statistics)
  const byCount = [...classCounts.keys()].sort((a, b) => classCounts[b]! - classCounts[a]!)
  const half = mostClasses / 2
  const shown = byCount.length > mostClasses ? [...byCount.slice(0, half), ...byCount.slice(-half)] : byCount
  const table = createTable(['label', 'split', 'pictures', ...titles], 2, colours)
  shown.forEach((index, row) => {
    if (shown.length < byCount.length && row === half) {
      const hidden = `… ${byCount.length - shown.length} more`
      table.push([hidden, ...new Array<string>(2 + titles.length).fill('')])
    }
    table.push([classNames[index]!, splits[index]!, String(classCounts[index]), ...cellsOf(index)])
  })
  return table.toString()
}

/** An empty table whose first columns are aligned left and the others right. */
export function createTable(head: readonly string[], leftAligned: number, colours: Colours): Table.Table {
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
