import { statisticsFromCounts } from '@dbloss/core'
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { classTable, comparisonTable, type Measured } from '../src/tables.ts'

const colours = pc.createColors(false)
const titles = ['loss', 'sampler']

function run(name: string, averagePrecision: number[], map: Partial<Measured['metrics']['map']> = {}): Measured {
  return {
    names: [name, 'uniform'],
    metrics: {
      averagePrecision,
      map: { all: 0.5, head: 0.6, medium: Number.NaN, tail: 0.25, ...map },
      f1: { micro: 0.4, macro: 0.3, samples: 0.2 },
    },
  }
}

/** The cells of the first line that has the text. */
function rowOf(table: string, text: string): string[] {
  const line = table.split('\n').find((candidate) => candidate.includes(text))!
  return line
    .split('│')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

describe('tables', () => {
  const statistics = statisticsFromCounts({ classCounts: [8, 300, 150], sampleCount: 400 })
  const classNames = ['kite', 'tree', 'cloud']

  test('the comparison counts the labels of each split and shows a split without a value as –', () => {
    const table = comparisonTable({ measured: [run('bce', [0.25, 0.7, 0.5])], statistics, classNames, colours }, titles)
    expect(rowOf(table, 'labels')).toEqual(['', '', '', '2 labels', '0 labels', '1 label', '', ''])
    expect(rowOf(table, 'bce')).toEqual(['bce', 'uniform', '50.0', '60.0', '–', '25.0', '40.0', '30.0'])
  })

  test('the best of a column is bold where runs can be compared', () => {
    const bold = pc.createColors(true)
    const runs = [run('bce', [0, 0, 0], { all: 0.51 }), run('db', [0, 0, 0], { all: 0.62 })]
    const table = comparisonTable({ measured: runs, statistics, classNames, colours: bold }, titles)
    expect(rowOf(table, 'bce')[2]).toBe('51.0')
    expect(rowOf(table, 'db ')[2]).toBe(bold.bold('62.0'))
  })

  test('classes go from the most frequent to the rarest, with split and count', () => {
    const runs = [run('bce', [Number.NaN, 0.7, 0.5]), run('db', [0.3, 0.8, 0.4])]
    const table = classTable({ measured: runs, statistics, classNames, colours })
    expect(rowOf(table, 'tree')).toEqual(['tree', 'head', '300', '70.0', '80.0'])
    expect(rowOf(table, 'kite')).toEqual(['kite', 'tail', '8', '–', '30.0'])
    expect(table.indexOf('tree')).toBeLessThan(table.indexOf('cloud'))
    expect(table.indexOf('cloud')).toBeLessThan(table.indexOf('kite'))
  })

  test('of very many classes the most frequent and the rarest are shown, and how many are not', () => {
    const classCounts = Array.from({ length: 100 }, (_, index) => index + 1)
    const names = classCounts.map((count) => `label${count}.`)
    const table = classTable({
      measured: [
        run(
          'bce',
          classCounts.map(() => 0.5),
        ),
      ],
      statistics: statisticsFromCounts({ classCounts, sampleCount: 1000 }),
      classNames: names,
      colours,
    })
    expect(names.filter((name) => table.includes(name))).toHaveLength(40)
    for (const shown of ['label1.', 'label20.', 'label81.', 'label100.']) expect(table).toContain(shown)
    expect(table).not.toContain('label50.')
    expect(table).toContain('… 60 more')
  })
})
