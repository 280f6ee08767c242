import { type LabelStatistics, labelStatistics, longTailMetrics, statisticsFromCounts } from '@dbloss/core'
import type { Dataset } from '@dbloss/transformers'
import type { Command } from 'commander'
import { addCopyOption, type CopyOption } from '../copies-option.ts'
import {
  addDataOptions,
  addSplitsOption,
  type DataOptions,
  dataArgument,
  type NamedSplit,
  namedSplits,
  readData,
  type SplitsOption,
  splitsOf,
} from '../data-options.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import type { ModelRecord } from '../model-record.ts'
import { addBadImageOption, type BadImageOption } from '../picture-options.ts'
import { scoreSplits } from '../score-images.ts'
import { classTable, comparisonTable } from '../tables.ts'

interface EvaluateOptions extends DataOptions, SplitsOption, BadImageOption, CopyOption {
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss evaluate ./my-model ./photos
  $ dbloss evaluate ./my-model ./photos --copy q8               its copy with weights of 8 bits
  $ dbloss evaluate ./my-model ./coco --splits validation --json > measures.json

Average precision needs no thresholds. F1 is that of the stored thresholds (dbloss thresholds), else of scores above 0.5.
`

/** Adds `dbloss evaluate`. */
export function addEvaluate(program: Command, io: Io): void {
  const command = program
    .command('evaluate')
    .summary('measure a trained model on a data set')
    .description('Measure a trained model: mean average precision over all labels, head, medium and tail, and F1.')
    .argument('<model>', 'the folder of the model, or a name on the hub')
    .argument('<data>', dataArgument)
  addDataOptions(command)
  addSplitsOption(command, 'to measure on, as in validation,test (default: all but train, or train where it is alone)')
  addCopyOption(command)
  addBadImageOption(command)
    .option('--json', 'print JSON instead of tables', false)
    .addHelpText('after', help)
    .action((model: string, data: string, options: EvaluateOptions) => evaluate(model, data, options, io))
}

/**
 * Prints measures of a model for each split.
 *
 * @throws DblossError as `readDataset`, `loadClassifier` and `scoreSplits`.
 */
async function evaluate(model: string, data: string, options: EvaluateOptions, io: Io): Promise<void> {
  const { splits: names, copy, onBadImage, json } = options
  const dataset = await readData(data, options)
  const chosen = names === undefined ? usualSplits(dataset, io) : namedSplits(dataset, names)
  const { loadClassifier } = await import('../classifier.ts')
  const classifier = await loadClassifier(model, { copy })
  try {
    const { splits, skipped } = await scoreSplits(classifier, dataset, chosen, { onBadImage, io })
    const { classNames, thresholds = 0 } = classifier
    const statistics = trainingStatistics(classifier, dataset)
    const measured = splits.map(({ name, labels, scores }) => ({
      names: [name],
      images: labels.length,
      metrics: longTailMetrics({ labels, scores, statistics, thresholds }),
    }))
    const decisions = classifier.thresholds === undefined ? 'scores above 0.5' : 'the stored thresholds'
    if (json) {
      const byName = measured.map(({ names: [name], images, metrics }) => [
        name,
        {
          images,
          map: metrics.map,
          f1: metrics.f1,
          classes: classNames.map((label, index) => ({
            name: label,
            averagePrecision: metrics.averagePrecision[index],
            ...metrics.perClass[index],
          })),
        },
      ])
      printJson({ model, data, decisions, splits: Object.fromEntries(byName), skipped }, io)
      return
    }
    const table = { measured, statistics, classNames, colours: coloursFor(io, io.stdout) }
    const counts = measured.map(({ names: [name], images }) => `${images} of ${name}`).join(', ')
    io.stdout.write(`Pictures: ${counts}; in percent, F1 with ${decisions}
head: labels with 100 training pictures or more, medium: 20 to 99, tail: fewer than 20

${comparisonTable(table, ['data'])}

Average precision of each label
${classTable(table)}
`)
  } finally {
    await classifier.dispose()
  }
}

function usualSplits(dataset: Dataset, io: Io): NamedSplit[] {
  const [training, ...others] = splitsOf(dataset)
  if (others.length > 0) return others
  io.stderr.write('The data has no split but train: what the model has seen in training scores too well.\n')
  return [training!]
}

/** Which labels are head and tail is decided by what the model was trained on; where that is unknown, by the data. */
function trainingStatistics({ training, classNames }: ModelRecord, dataset: Dataset): LabelStatistics {
  if (training !== undefined) return statisticsFromCounts({ ...training, classNames })
  const indices = new Map(classNames.map((name, index) => [name, index]))
  const labels = dataset.splits.train.map((item) =>
    item.labels.flatMap((index) => indices.get(dataset.classNames[index]!) ?? []),
  )
  return labelStatistics(labels, { classCount: classNames.length, classNames })
}
