import { DblossError, isDblossError } from '@dbloss/core'
import type { LabelScore, MultiLabelPipeline } from '@dbloss/transformers'
import type { Command } from 'commander'
import { parseNumber } from '../arguments.ts'
import { addCopyOption, type CopyOption } from '../copies-option.ts'
import { findImages } from '../image-files.ts'
import { coloursFor, type Io } from '../io.ts'

interface PredictOptions extends CopyOption {
  readonly threshold?: number
  readonly topK?: number
  readonly calibrated: boolean
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss predict ./my-model photo.jpg                  labels above the stored thresholds, else that score 0.5 or more
  $ dbloss predict ./my-model ./photos --top-k 3         the three best labels of every picture
  $ dbloss predict ./my-model 'photos/**/*.jpg' --json > labels.jsonl      a line a picture

What to try next:
  Rare labels often score low although they are ranked well: dbloss thresholds tunes a threshold for each label.
`

/** Adds `dbloss predict`. */
export function addPredict(program: Command, io: Io): void {
  const command = program
    .command('predict')
    .summary('label pictures with a trained model')
    .description(
      'Label pictures with a model that `dbloss train` has saved. Each label has a score of its own, 0 to 1.',
    )
    .argument('<model>', 'the folder of the model')
    .argument('<images...>', 'image files, folders of them, or patterns')
    .option(
      '-t, --threshold <x>',
      'show labels that score at least this (default: the stored thresholds, else 0.5; 0 with --top-k)',
      parseNumber({ minimum: 0, maximum: 1 }),
    )
    .option('-k, --top-k <n>', 'show at most so many labels a picture', parseNumber({ integer: true, minimum: 1 }))
  addCopyOption(command)
    .option('--calibrated', 'scores as probabilities, by the temperature that training has fitted', false)
    .option('--json', 'print JSON lines instead of text, one a picture', false)
    .addHelpText('after', help)
    .action((model: string, images: string[], options: PredictOptions) => predict(model, images, options, io))
}

/**
 * Labels images with a saved model, a line each. An image that cannot be read is named, and the others are labelled
 * nevertheless.
 *
 * @throws DblossError `data` for paths that do not exist, and at the end when images could not be read; `model` for a folder
 * that is no model.
 */
async function predict(model: string, paths: string[], options: PredictOptions, io: Io): Promise<void> {
  const files = await findImages(paths)
  const { multiLabelPipeline } = await import('@dbloss/transformers')
  const classify = await multiLabelPipeline(model, {
    calibrated: options.calibrated,
    ...(options.copy === undefined ? {} : { dtype: options.copy }),
  })
  try {
    const { labelCount, unreadable } = await labelAll(files, classify, options, io)
    if (labelCount === 0 && unreadable.length < files.length) {
      io.stderr.write('No label reaches the threshold; --top-k 3 shows the best three nevertheless.\n')
    }
    if (unreadable.length > 0) {
      const names = unreadable.join(', ')
      throw new DblossError('data', `${unreadable.length} of ${files.length} images could not be read: ${names}`, {
        argument: 'images',
        found: unreadable,
        expected: 'images that can be decoded',
      })
    }
  } finally {
    await classify.dispose()
  }
}

async function labelAll(
  files: readonly string[],
  classify: MultiLabelPipeline,
  { threshold, topK, json }: PredictOptions,
  io: Io,
): Promise<{ labelCount: number; unreadable: string[] }> {
  const chosen = { ...(threshold === undefined ? {} : { threshold }), ...(topK === undefined ? {} : { topK }) }
  const widest = files.reduce((width, file) => Math.max(width, file.length), 0)
  let labelCount = 0
  const unreadable: string[] = []
  for (const file of files) {
    io.signal?.throwIfAborted()
    try {
      const labels = await classify(file, chosen)
      labelCount += labels.length
      io.stdout.write(`${json ? JSON.stringify({ file, labels }) : lineOf(file.padEnd(widest), labels, io)}\n`)
    } catch (error) {
      if (!isDblossError(error) || error.code !== 'data') throw error
      unreadable.push(file)
      if (json) io.stdout.write(`${JSON.stringify({ file, error: error.message })}\n`)
      else io.stderr.write(`${error.message}\n`)
    }
  }
  return { labelCount, unreadable }
}

/** `photo.jpg   sea 0.97   sunset 0.81` */
function lineOf(file: string, labels: readonly LabelScore[], io: Io): string {
  const colours = coloursFor(io, io.stdout)
  const scores = labels.map(({ label, score }) => `${colours.bold(label)} ${score.toFixed(2)}`)
  return [file, ...(scores.length > 0 ? scores : [colours.dim('–')])].join('   ')
}
