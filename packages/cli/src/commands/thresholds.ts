import { longTailMetrics, statisticsFromCounts, type ThresholdObjective, tuneThresholds } from '@dbloss/core'
import { type Command, Option } from 'commander'
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
import { readModelRecord, storeThresholds } from '../model-record.ts'
import { addBadImageOption, type BadImageOption } from '../picture-options.ts'
import { scoreSplits } from '../score-images.ts'
import { createTable } from '../tables.ts'

interface ThresholdsOptions extends DataOptions, SplitsOption, BadImageOption {
  readonly objective: ThresholdObjective
  readonly dryRun: boolean
  readonly json: boolean
}

const objectives: readonly ThresholdObjective[] = ['macro-f1', 'micro-f1']

const help = `
Examples:
  $ dbloss thresholds ./my-model ./photos
  $ dbloss thresholds ./my-model ./photos --splits test --objective micro-f1 --dry-run

Tune on pictures that the model was not trained on, and not on those that it is judged by. What is printed for the tuned
thresholds is measured on the very pictures that they were tuned on, so it is optimistic: dbloss evaluate measures others.
`

/** Adds `dbloss thresholds`. */
export function addThresholds(program: Command, io: Io): void {
  const command = program
    .command('thresholds')
    .summary('tune a threshold for each label, and store them in the model')
    .description(
      'Tune for each label the score above which it is predicted, and store them in the config.json of the model.',
    )
    .argument('<model>', 'the folder of the model')
    .argument('<data>', dataArgument)
  addDataOptions(command)
  addSplitsOption(command, 'to tune on (default: validation)').addOption(
    new Option('--objective <name>', 'what is made high').choices(objectives).default('macro-f1'),
  )
  addBadImageOption(command)
    .option('--dry-run', 'only print them', false)
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', help)
    .action((model: string, data: string, options: ThresholdsOptions) => thresholds(model, data, options, io))
}

/**
 * Tunes thresholds on a validation set and stores them in the model's config.
 *
 * @throws DblossError as `readDataset`, `loadClassifier`, `scoreSplits` and `storeThresholds`.
 */
async function thresholds(model: string, data: string, options: ThresholdsOptions, io: Io): Promise<void> {
  const { splits: names = ['validation'], objective, onBadImage, dryRun, json } = options
  await readModelRecord(model)
  const dataset = await readData(data, options)
  const chosen = namedSplits(dataset, names)
  const items = chosen.flatMap(([, images]) => images)
  const { loadClassifier } = await import('../classifier.ts')
  const classifier = await loadClassifier(model)
  try {
    const { splits, skipped } = await scoreSplits(classifier, dataset, [[names[0]!, items]], { onBadImage, io })
    const { labels, scores } = splits[0]!
    const tuned = tuneThresholds({ labels, scores, objective })
    io.signal?.throwIfAborted()
    if (!dryRun) {
      await storeThresholds(model, tuned.thresholds, { objective, data, splits: names, samples: labels.length })
    }
    const classNames = classifier.classNames
    // F1 needs no training counts; the measures ask for some.
    const statistics = statisticsFromCounts({ classCounts: classNames.map(() => 0), sampleCount: 1 })
    const [before, after] = [0, tuned.thresholds].map((limits) =>
      longTailMetrics({ labels, scores, statistics, thresholds: limits }),
    ) as [ReturnType<typeof longTailMetrics>, ReturnType<typeof longTailMetrics>]
    const rows = classNames.map((label, index) => ({
      label,
      pictures: before.perClass[index]!.support,
      /** As a probability, as `predict` shows scores. */
      threshold: 1 / (1 + Math.exp(-tuned.thresholds[index]!)),
      f1Before: before.perClass[index]!.f1,
      f1: after.perClass[index]!.f1,
    }))
    if (json) {
      printJson(
        {
          model,
          data,
          splits: names,
          images: labels.length,
          objective,
          stored: !dryRun,
          before: before.f1,
          after: after.f1,
          classes: rows,
          skipped,
        },
        io,
      )
      return
    }
    const table = createTable(['label', 'pictures', 'threshold', 'F1 at 0.5', 'F1 tuned'], 1, coloursFor(io, io.stdout))
    for (const row of rows) {
      table.push([row.label, String(row.pictures), row.threshold.toFixed(3), percent(row.f1Before), percent(row.f1)])
    }
    const means = (['micro', 'macro'] as const)
      .map((mean) => `${mean} F1 ${percent(before.f1[mean])} → ${percent(after.f1[mean])}`)
      .join(', ')
    io.stdout.write(`${table.toString()}
${labels.length} pictures of ${names.join(' and ')}; ${means}, on the pictures that the thresholds were tuned on
${dryRun ? `Nothing is changed: without --dry-run they are stored in ${model}.` : `Stored in ${model}; dbloss predict and dbloss evaluate use them.`}
`)
  } finally {
    await classifier.dispose()
  }
}

function percent(value: number): string {
  return (100 * value).toFixed(1)
}
