import type { CopyDtype, ModelCopy } from '@dbloss/transformers'
import type { Command } from 'commander'
import { parseCopies } from '../copies-option.ts'
import { fileSize } from '../file-size.ts'
import { findImages } from '../image-files.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { createTable, plural } from '../tables.ts'

interface ExportOptions {
  readonly copies?: readonly CopyDtype[]
  readonly output?: string
  readonly overwrite: boolean
  readonly pictures?: string
  readonly json: boolean
}

const help = `
The copies:
  q8      onnx/model_quantized.onnx: weights of 8 bits, about a quarter of the size
  fp16    onnx/model_fp16.onnx: half precision, half of the size, for GPUs

Examples:
  $ dbloss export ./my-model --pictures ./photos/test
  $ dbloss export ./my-model --copies q8 --output ./my-model-for-the-web

The copies are compared with the model on up to 64 of the pictures, or without --pictures on noise, which tells less. They are
used as multiLabelPipeline('./my-model', { dtype: 'q8' }); without a dtype the model itself is.
`

/** Adds `dbloss export`. */
export function addExport(program: Command, io: Io): void {
  program
    .command('export')
    .summary('make smaller copies of a model')
    .description('Make copies of a saved model with weights of 8 bits or in half precision, and compare them with it.')
    .argument('<model>', 'the folder of the model')
    .option('--copies <list>', 'q8, fp16 or both (default: q8,fp16)', parseCopies)
    .option('-o, --output <folder>', 'a new folder for model and copies (default: they are added to the model)')
    .option('--overwrite', 'replace a model that is there', false)
    .option('--pictures <path>', 'compare on these: a file, a folder or a pattern (default: noise)')
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', help)
    .action((model: string, options: ExportOptions) => exportModel(model, options, io))
}

/**
 * Adds copies to a saved model, and prints how they differ from it.
 *
 * @throws DblossError as `findImages` and `exportCopies` of `@dbloss/transformers`.
 */
async function exportModel(model: string, { pictures, json, ...options }: ExportOptions, io: Io): Promise<void> {
  const images = pictures === undefined ? undefined : (await findImages([pictures])).map((path) => ({ path }))
  const { exportCopies } = await import('@dbloss/transformers')
  const copies = await exportCopies(model, {
    ...options,
    ...(images === undefined ? {} : { images }),
    ...(io.signal === undefined ? {} : { signal: io.signal }),
  })
  const folder = options.output ?? model
  if (json) printJson({ model, output: folder, copies }, io)
  else printCopies(folder, copies, io)
}

function printCopies(folder: string, copies: readonly ModelCopy[], io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const [first] = copies as [ModelCopy]
  const titles = ['file', 'dtype', 'size', 'of the model', 'largest difference', 'mean difference', 'same decisions']
  const table = createTable(titles, 2, colours)
  const nothing = ['–', '–', '–']
  table.push(['onnx/model.onnx', 'fp32', fileSize(first.modelBytes), percent(1), ...nothing])
  for (const { file, dtype, bytes, modelBytes, maxLogitDifference, meanLogitDifference, agreement } of copies) {
    const differences = [maxLogitDifference, meanLogitDifference].map((value) => value.toPrecision(2))
    table.push([file, dtype, fileSize(bytes), percent(bytes / modelBytes), ...differences, percent(agreement)])
  }
  const { images, comparedOn } = first
  const compared =
    comparedOn === 'noise'
      ? `${images} images of noise: --pictures compares on pictures, which tells more`
      : `${images} ${plural(images, 'picture')}`
  io.stdout.write(`${table.toString()}
Differences are those of logits, on ${compared}
The copies are in ${colours.bold(folder)}; use:  ${colours.cyan(`multiLabelPipeline('${folder}', { dtype: '${first.dtype}' })`)}
`)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
