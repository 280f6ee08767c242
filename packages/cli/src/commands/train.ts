import type { FineTuneResult } from '@dbloss/transformers'
import type { Command } from 'commander'
import { readData } from '../data-options.ts'
import { Interruption } from '../interruption.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { createProgressDisplay } from '../progress.ts'
import { publishedTable } from '../published-table.ts'
import { publishedRuns } from '../recipes/published-runs.ts'
import { type RecipeName, recipes } from '../recipes/recipes.ts'
import { resultsOf } from '../results.ts'
import { classTable, comparisonTable, plural } from '../tables.ts'
import { addTrainOptions, type TrainOptions } from '../train-options.ts'
import { checkWritable, writeWholeFile } from '../write-file.ts'

/** Adds `dbloss train`. */
export function addTrain(program: Command, io: Io): void {
  addTrainOptions(program.command('train')).action((data: string, options: TrainOptions) => train(data, options, io))
}

/**
 * Trains on a data set, prints the results by split and by class, and says what to type next.
 *
 * @throws DblossError as `readDataset` and `fineTune` of `@dbloss/transformers`, and `output` for a results file that cannot
 * be written; Interruption.
 */
async function train(data: string, options: TrainOptions, io: Io): Promise<void> {
  const { json, results, published } = options
  if (results !== undefined) await checkWritable(results)
  io.stderr.write(`Training on ${data} with the backbone ${options.model}\n`)
  const result = await fineTuned(data, options, io)
  const plain = {
    ...resultsOf(data, options.model, result),
    ...(published === undefined ? {} : { published: publishedRuns(recipes[published]) }),
  }
  if (results !== undefined) await writeWholeFile(results, `${JSON.stringify(plain, undefined, 2)}\n`)
  reportLeftOut(result, io)
  if (json) return printJson(plain, io)
  printResults(result, io)
  if (published !== undefined) printPublished(published, result, io)
  printNextSteps(data, options, io)
}

async function fineTuned(data: string, options: TrainOptions, io: Io): Promise<FineTuneResult> {
  const { json, results, published, format, images, evaluate, keepBest, patience, ...settings } = options
  // Named by its folder, data gives relative names of pictures to the predictions, which a report finds elsewhere too.
  const source = format === undefined && images === undefined ? data : await readData(data, options)
  const { fineTune } = await import('@dbloss/transformers')
  const display = createProgressDisplay(io)
  const earlyStopping = {
    ...(keepBest === undefined ? {} : { metric: keepBest }),
    ...(patience === undefined ? {} : { patience }),
  }
  try {
    return await fineTune({
      ...settings,
      data: source,
      ...(evaluate === undefined ? {} : { evaluationSplit: evaluate }),
      ...(Object.keys(earlyStopping).length === 0 ? {} : { earlyStopping }),
      ...(io.signal === undefined ? {} : { signal: io.signal }),
      onProgress: display.show,
    })
  } catch (error) {
    if (!io.signal?.aborted) throw error
    throw interruption(options)
  } finally {
    display.end()
  }
}

function interruption({ checkpoints, cache }: TrainOptions): Interruption {
  if (checkpoints !== undefined) return new Interruption(`What was done is in ${checkpoints}.`, ['--resume'])
  if (cache !== undefined) return new Interruption(`The features so far are in ${cache}; training starts anew.`)
  return new Interruption('Nothing half-written is left behind. --cache and --checkpoints keep what is done.')
}

function reportLeftOut({ skipped, withoutMetadata, notes }: FineTuneResult, io: Io): void {
  for (const note of notes) io.stderr.write(`${note}\n`)
  for (const { reason } of skipped) io.stderr.write(`left out: ${reason}\n`)
  if (withoutMetadata.length > 0) {
    const count = withoutMetadata.length
    io.stderr.write(`${count} ${plural(count, 'picture')} without metadata not used, such as ${withoutMetadata[0]}\n`)
  }
}

function printResults({ runs, statistics, classNames, evaluationCount, evaluatedOn }: FineTuneResult, io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const measured = runs.map(({ loss, sampler, metrics }) => ({ names: [loss, sampler], metrics }))
  const table = { measured, statistics, classNames, colours }
  const source = evaluatedOn === 'held-out' ? 'held-out pictures' : `pictures of ${evaluatedOn}`
  io.stdout.write(`
${statistics.sampleCount} training pictures, measured on ${evaluationCount} ${source}; in percent
head: labels with 100 training pictures or more, medium: 20 to 99, tail: fewer than 20

${comparisonTable(table, ['loss', 'sampler'])}
${tunedF1(runs)}
Average precision of each label
${classTable(table)}
`)
}

function printPublished(name: RecipeName, { runs }: FineTuneResult, io: Io): void {
  io.stdout.write(`
Beside the published numbers of ${recipes[name].title}: there the ResNet-50 itself was trained, so compare the order of the
losses, not the values
${publishedTable(name, runs, coloursFor(io, io.stdout))}
`)
}

/** What the thresholds of the model that is saved are worth. */
function tunedF1([run]: FineTuneResult['runs']): string {
  if (run?.tuned === undefined) return ''
  const { micro, macro } = run.tuned.metrics.f1
  const [microText, macroText] = [micro, macro].map((value) => (100 * value).toFixed(1))
  return `\nThe first row with its tuned thresholds: micro F1 ${microText}, macro F1 ${macroText}\n`
}

function printNextSteps(data: string, { output, compare }: TrainOptions, io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const saved = compare === undefined ? 'The model is' : 'The model of the first row is'
  io.stdout.write(
    output === undefined
      ? `\nNothing is saved. Add --output ${colours.cyan('./my-model')} to keep the model of the first row.\n`
      : `\n${saved} in ${colours.bold(output)}
Next:  ${colours.cyan(`dbloss report ${output} --pictures ${data}`)}
       ${colours.cyan(`dbloss predict ${output} <images>`)}\n`,
  )
  if (compare === undefined) {
    const suggestion = `--compare bce,db,db/class-aware,distribution-balanced/class-aware`
    io.stdout.write(`Other losses on the same features:  ${colours.cyan(`dbloss train ${data} … ${suggestion}`)}\n`)
  }
}
