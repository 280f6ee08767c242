import { describeLabels, imbalanceRatios, labelDescriptionText, labelStatistics } from '@dbloss/core'
import type { Command } from 'commander'
import { parseNumber } from '../arguments.ts'
import { splitsOfClasses } from '../class-splits.ts'
import {
  addDataOptions,
  addSplitsOption,
  type DataOptions,
  dataArgument,
  namedSplits,
  readData,
  type SplitsOption,
} from '../data-options.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { tableByFrequency } from '../tables.ts'

interface StatsOptions extends DataOptions, SplitsOption {
  readonly pairs: number
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss stats ./photos
  $ dbloss stats ./coco --format coco --splits train,validation --pairs 10
  $ dbloss stats ./photos --json > labels.json

The words:
  head, medium, tail   labels with 100 pictures or more, 20 to 99, and fewer
  IRLbl                how much rarer a label is than the most frequent one; meanIR is its mean
  SCUMBLE              how much frequent and rare labels come together, 0 to 1
`

/** Adds `dbloss stats`. */
export function addStats(program: Command, io: Io): void {
  const command = program
    .command('stats')
    .summary('describe the labels of a data set: how long its tail is, what comes together')
    .description('Describe the labels of a data set. No picture is opened.')
    .argument('<data>', dataArgument)
  addDataOptions(command)
  addSplitsOption(command, 'which are counted, as in train,validation (default: train)')
    .option('--pairs <n>', 'of labels that come together most', parseNumber({ integer: true, minimum: 0 }), 5)
    .option('--json', 'print JSON instead of text', false)
    .addHelpText('after', help)
    .action((data: string, options: StatsOptions) => stats(data, options, io))
}

/**
 * Prints the label statistics of a data set: of its training pictures, unless other splits are named.
 *
 * @throws DblossError as `readDataset`, and `data` for a split that the data lacks.
 */
async function stats(data: string, options: StatsOptions, io: Io): Promise<void> {
  const { pairs, json, splits: names = ['train'] } = options
  const dataset = await readData(data, options)
  const { classNames } = dataset
  const splits = namedSplits(dataset, names)
  const labels = splits.flatMap(([, items]) => items.map((item) => item.labels))
  const statistics = labelStatistics(labels, { classCount: classNames.length, classNames })
  const description = describeLabels(statistics, { pairs })
  const ratios = imbalanceRatios(statistics)
  if (json) {
    const splitOf = splitsOfClasses(statistics)
    const classes = classNames.map((name, index) => ({
      name,
      count: statistics.classCounts[index],
      split: splitOf[index],
      // No number in JSON: a label without a picture.
      imbalanceRatio: Number.isFinite(ratios[index]) ? ratios[index] : null,
    }))
    printJson(
      {
        data,
        pictures: Object.fromEntries(splits.map(([name, items]) => [name, items.length])),
        classes,
        ...description,
      },
      io,
    )
    return
  }
  const table = tableByFrequency(
    { statistics, classNames, colours: coloursFor(io, io.stdout), titles: ['share', 'IRLbl'] },
    (index) => [
      `${((100 * statistics.classCounts[index]!) / statistics.sampleCount).toFixed(1)} %`,
      Number.isFinite(ratios[index]) ? ratios[index]!.toFixed(1) : '–',
    ],
  )
  const counted = splits.map(([name, items]) => `${items.length} of ${name}`).join(', ')
  io.stdout.write(`Pictures: ${counted}\n${table}\n\n${labelDescriptionText(description)}\n`)
}
