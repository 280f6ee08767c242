import type { Backbone, ExtractedFeatures, ImageItem } from '@dbloss/transformers'
import type { Command } from 'commander'
import { parseNumber } from '../arguments.ts'
import {
  addDataOptions,
  addSplitsOption,
  type DataOptions,
  dataArgument,
  namedSplits,
  readData,
  type SplitsOption,
  splitsOf,
} from '../data-options.ts'
import { Interruption } from '../interruption.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { addBackboneOptions, addBadImageOption, type BackboneOptions, type BadImageOption } from '../picture-options.ts'
import { createProgressDisplay } from '../progress.ts'

interface ExtractOptions extends DataOptions, SplitsOption, BackboneOptions, BadImageOption {
  readonly model: string
  readonly cache: string
  readonly batchSize: number
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss extract ./photos --model onnx-community/dinov2-small --cache ./features
  $ dbloss train ./photos --model onnx-community/dinov2-small --cache ./features      takes them from there

Features are found again by the content of a picture, the model and its settings. Ctrl-C keeps what was computed; the same
command goes on. Pictures that have changed are computed again.
`

/** Adds `dbloss extract`. */
export function addExtract(program: Command, io: Io): void {
  const command = program
    .command('extract')
    .summary('compute the features of pictures once, into a cache')
    .description('Compute the features of all pictures with a backbone, and keep them in a folder for later trainings.')
    .argument('<data>', dataArgument)
    .requiredOption('-m, --model <model>', 'the backbone: a local folder or a name on the Hugging Face hub')
    .requiredOption('--cache <folder>', 'where features are kept')
  addDataOptions(command)
  addSplitsOption(command, 'whose features are computed, as in train,test (default: all)')
  addBackboneOptions(command)
  addBadImageOption(command)
    .option('--batch-size <n>', 'pictures at a time', parseNumber({ integer: true, minimum: 1 }), 8)
    .option('--json', 'print JSON instead of text', false)
    .addHelpText('after', help)
    .action((data: string, options: ExtractOptions) => extract(data, options, io))
}

/**
 * Computes the features of a data set into a cache.
 *
 * @throws DblossError as `readDataset`, `loadBackbone` and `extractFeatures` of `@dbloss/transformers`; Interruption.
 */
async function extract(data: string, options: ExtractOptions, io: Io): Promise<void> {
  const { model, cache, splits, pooling, dtype, json } = options
  const dataset = await readData(data, options)
  const chosen = splits === undefined ? splitsOf(dataset) : namedSplits(dataset, splits)
  io.stderr.write(`Features of ${data} with the backbone ${model}\n`)
  const { loadBackbone } = await import('@dbloss/transformers')
  const backbone = await loadBackbone(model, { pooling, dtype })
  try {
    const items = chosen.flatMap(([, images]) => images)
    const { skipped, notes, items: done } = await compute(backbone, items, options, io)
    for (const note of notes) io.stderr.write(`${note}\n`)
    for (const { reason } of skipped) io.stderr.write(`left out: ${reason}\n`)
    const features = { description: backbone.graph.description, count: backbone.featureCount }
    if (json) {
      const counts = Object.fromEntries(chosen.map(([name, images]) => [name, images.length]))
      printJson({ data, model, cache, splits: counts, images: done.length, features, skipped, notes }, io)
      return
    }
    const colours = coloursFor(io, io.stdout)
    io.stdout.write(`${done.length} pictures, ${features.count} features each (${features.description}), in ${cache}\n`)
    io.stdout.write(`Next:  ${colours.cyan(`dbloss train ${data} --model ${model} --cache ${cache} …`)}\n`)
  } finally {
    await backbone.dispose()
  }
}

async function compute(
  backbone: Backbone,
  items: readonly ImageItem[],
  { cache, batchSize, onBadImage }: ExtractOptions,
  io: Io,
): Promise<ExtractedFeatures<ImageItem>> {
  const { extractFeatures } = await import('@dbloss/transformers')
  const display = createProgressDisplay(io)
  const onProgress = display.show
  try {
    return await extractFeatures(backbone, items, { cache, batchSize, onBadImage, signal: io.signal, onProgress })
  } catch (error) {
    if (!io.signal?.aborted) throw error
    throw new Interruption(`The features so far are in ${cache}.`)
  } finally {
    display.end()
  }
}
