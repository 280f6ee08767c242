import type { LossName } from '@dbloss/core'
import type { FeatureScaling, FineTuneResult, OnBadImage, Pooling, SamplerName } from '@dbloss/transformers'
import type { LossAndSampler, Subset } from './arguments.ts'
import { coloursFor, type Io } from './io.ts'
import { createProgressDisplay } from './progress.ts'
import { checkResultsFile, writeResults } from './results-file.ts'
import { classTable, comparisonTable, plural } from './tables.ts'

/** The options of `dbloss train`. */
export interface TrainOptions {
  readonly model: string
  readonly output?: string
  readonly loss: LossName
  readonly sampler: SamplerName
  readonly compare?: readonly LossAndSampler[]
  readonly seed: number
  readonly epochs?: number
  readonly batchSize: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly pooling: Pooling
  readonly featureScaling: FeatureScaling
  readonly onBadImage: OnBadImage
  readonly evaluate?: string
  readonly subset?: Subset
  readonly overwrite: boolean
  readonly json?: string
}

/**
 * Trains on a picture folder, prints the results by split and by class, and says what to type next.
 *
 * @throws DblossError as `fineTune` of `@dbloss/transformers`, and `argument` for a results file that cannot be written.
 */
export async function train(folder: string, options: TrainOptions, io: Io): Promise<void> {
  const { json, evaluate, ...settings } = options
  if (json !== undefined) await checkResultsFile(json)
  io.stderr.write(`Training on ${folder} with the backbone ${options.model}\n`)
  const display = createProgressDisplay(io)
  const { fineTune } = await import('@dbloss/transformers')
  let result: FineTuneResult
  try {
    result = await fineTune({
      ...settings,
      data: folder,
      ...(evaluate === undefined ? {} : { evaluationSplit: evaluate }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
      onProgress: display.show,
    })
  } finally {
    display.end()
  }
  if (json !== undefined) await writeResults(json, { folder, model: options.model, result })
  reportLeftOut(result, io)
  printResults(result, io)
  printNextSteps(folder, options, io)
}

function reportLeftOut({ skipped, withoutMetadata }: FineTuneResult, io: Io): void {
  for (const { reason } of skipped) io.stderr.write(`left out: ${reason}\n`)
  if (withoutMetadata.length > 0) {
    const count = withoutMetadata.length
    io.stderr.write(`${count} ${plural(count, 'picture')} without metadata not used, such as ${withoutMetadata[0]}\n`)
  }
}

function printResults({ runs, statistics, classNames, evaluationCount, evaluatedOn }: FineTuneResult, io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const table = { runs, statistics, classNames, colours }
  const source = evaluatedOn === 'held-out' ? 'held-out pictures' : `pictures of ${evaluatedOn}`
  io.stdout.write(`
${statistics.sampleCount} training pictures, measured on ${evaluationCount} ${source}; in percent
head: labels with 100 training pictures or more, medium: 20 to 99, tail: fewer than 20

${comparisonTable(table)}

Average precision of each label
${classTable(table)}
`)
}

function printNextSteps(folder: string, { output, compare }: TrainOptions, io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const saved = compare === undefined ? 'The model is' : 'The model of the first row is'
  io.stdout.write(
    output === undefined
      ? `\nNothing is saved. Add --output ${colours.cyan('./my-model')} to keep the model of the first row.\n`
      : `\n${saved} in ${colours.bold(output)}\nNext:  ${colours.cyan(`dbloss predict ${output} <images>`)}\n`,
  )
  if (compare === undefined) {
    const suggestion = `--compare bce,db,db/class-aware,distribution-balanced/class-aware`
    io.stdout.write(`Other losses on the same features:  ${colours.cyan(`dbloss train ${folder} … ${suggestion}`)}\n`)
  }
}
