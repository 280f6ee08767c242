import { DblossError, isDblossError } from '@dbloss/core'
import type { LabelScore, MultiLabelPipeline } from '@dbloss/transformers'
import { findImages } from './image-files.ts'
import { coloursFor, type Io } from './io.ts'

/** The options of `dbloss predict`. */
export interface PredictOptions {
  readonly threshold?: number
  readonly topK?: number
  readonly json: boolean
}

interface LabelledImage {
  readonly file: string
  readonly labels: readonly LabelScore[]
}

/**
 * Labels images with a saved model, one line each, or as JSON. An image that cannot be read is named, and the others are
 * labelled nevertheless.
 *
 * @throws DblossError `argument` for paths that do not exist, `model` for a folder that is no model, `data` at the end when
 * images could not be read.
 */
export async function predict(model: string, paths: string[], options: PredictOptions, io: Io): Promise<void> {
  const files = await findImages(paths)
  const { multiLabelPipeline } = await import('@dbloss/transformers')
  const classify = await multiLabelPipeline(model)
  try {
    const { labelled, unreadable } = await labelAll(files, classify, options, io)
    if (options.json) io.stdout.write(`${JSON.stringify(labelled, undefined, 2)}\n`)
    if (labelled.length > 0 && labelled.every(({ labels }) => labels.length === 0)) {
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
): Promise<{ labelled: LabelledImage[]; unreadable: string[] }> {
  const chosen = { ...(threshold === undefined ? {} : { threshold }), ...(topK === undefined ? {} : { topK }) }
  const labelled: LabelledImage[] = []
  const unreadable: string[] = []
  for (const file of files) {
    io.signal?.throwIfAborted()
    try {
      const image = { file, labels: await classify(file, chosen) }
      labelled.push(image)
      if (!json) io.stdout.write(`${lineOf(image, io)}\n`)
    } catch (error) {
      if (!isDblossError(error) || error.code !== 'data') throw error
      unreadable.push(file)
      io.stderr.write(`${error.message}\n`)
    }
  }
  return { labelled, unreadable }
}

/** `photo.jpg   sea 0.97   sunset 0.81` */
function lineOf({ file, labels }: LabelledImage, io: Io): string {
  const colours = coloursFor(io, io.stdout)
  const scores = labels.map(({ label, score }) => `${colours.bold(label)} ${score.toFixed(2)}`)
  return [file, ...(scores.length > 0 ? scores : [colours.dim('–')])].join('   ')
}
