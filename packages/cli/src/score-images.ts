import { DblossError } from '@dbloss/core'
import type { Dataset, ImageItem, OnBadImage, SkippedImage } from '@dbloss/transformers'
import type { RawImage } from '@huggingface/transformers'
import type { Classifier } from './classifier.ts'
import type { NamedSplit } from './data-options.ts'
import type { Io } from './io.ts'
import { createProgressDisplay } from './progress.ts'

/** The images of a split with their logits, by the classes of the model. */
export interface ScoredSplit {
  readonly name: string
  /** For each image the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
  /** Row-major [images, classes]. */
  readonly scores: { readonly data: Float32Array; readonly classCount: number }
}

/** What {@link scoreSplits} gives. */
export interface ScoredSplits {
  readonly splits: readonly ScoredSplit[]
  readonly skipped: readonly SkippedImage[]
}

interface ScoreOptions {
  readonly onBadImage: OnBadImage
  readonly io: Io
}

/** Images that are read and decoded while the model runs. */
const imagesAhead = 8

/**
 * Runs a model on the images of splits. Labels are matched by name; those that the model does not know are left out and
 * told on standard error.
 *
 * @throws DblossError `data` for an image that cannot be read, unless `onBadImage` is `skip`; for a split of which none can
 * be read; and when the model knows none of the labels. Rejects with the signal's reason when it is aborted.
 */
export async function scoreSplits(
  classifier: Classifier,
  dataset: Dataset,
  splits: readonly NamedSplit[],
  { onBadImage, io }: ScoreOptions,
): Promise<ScoredSplits> {
  const indexOf = matchLabels(classifier.classNames, dataset.classNames, io)
  const display = createProgressDisplay(io)
  const total = splits.reduce((sum, [, items]) => sum + items.length, 0)
  const start = performance.now()
  let done = 0
  const report = () => {
    const elapsedMs = performance.now() - start
    const remainingMs = done === 0 ? undefined : (elapsedMs / done) * (total - done)
    display.show({ phase: 'scoring', done, total, elapsedMs, remainingMs })
  }
  const skipped: SkippedImage[] = []
  const scored: ScoredSplit[] = []
  const classCount = classifier.classNames.length
  try {
    for (const [name, items] of splits) {
      const labels: number[][] = []
      const rows: Float32Array[] = []
      for await (const result of logitsOf(classifier, items, io.signal)) {
        if ('logits' in result) {
          rows.push(result.logits)
          labels.push(result.item.labels.flatMap((index) => indexOf[index] ?? []))
        } else if (onBadImage === 'skip') skipped.push(result)
        else throw unreadable(result)
        done++
        report()
      }
      if (labels.length === 0) throw unreadable({ path: name, reason: `no picture of ${name} can be read` })
      scored.push({ name, labels, scores: { data: joined(rows, labels.length * classCount), classCount } })
    }
  } finally {
    display.end()
  }
  for (const { reason } of skipped) io.stderr.write(`left out: ${reason}\n`)
  return { splits: scored, skipped }
}

type Scored = { readonly item: ImageItem; readonly logits: Float32Array } | SkippedImage

type Loaded = { readonly item: ImageItem; readonly image: RawImage } | SkippedImage

async function* logitsOf(
  classifier: Classifier,
  items: readonly ImageItem[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Scored> {
  const { readImageBytes } = await import('@dbloss/transformers')
  const load = async (item: ImageItem): Promise<Loaded> => {
    try {
      return { item, image: await classifier.decode(await readImageBytes(item, { signal })) }
    } catch (error) {
      signal?.throwIfAborted()
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!
      return {
        path: item.path,
        reason: reason.startsWith(item.path) ? reason : `${item.path} cannot be read as an image: ${reason}`,
      }
    }
  }
  for (let start = 0; start < items.length; start += imagesAhead) {
    for (const loaded of await Promise.all(items.slice(start, start + imagesAhead).map(load))) {
      signal?.throwIfAborted()
      yield 'image' in loaded ? { item: loaded.item, logits: await classifier.logits(loaded.image) } : loaded
    }
  }
}

/** For each class of the data its index in the model, if the model knows it. */
function matchLabels(known: readonly string[], names: readonly string[], io: Io): (number | undefined)[] {
  const indices = new Map(known.map((name, index) => [name, index]))
  const unknown = names.filter((name) => !indices.has(name))
  if (unknown.length === names.length) {
    throw new DblossError(
      'data',
      `the model knows none of the labels ${names.slice(0, 5).join(', ')}; it knows ${known.slice(0, 5).join(', ')}`,
      {
        argument: 'data',
        found: names,
        expected: 'labels that the model knows',
      },
    )
  }
  if (unknown.length > 0) io.stderr.write(`Labels that the model does not know are left out: ${unknown.join(', ')}\n`)
  return names.map((name) => indices.get(name))
}

function joined(rows: readonly Float32Array[], length: number): Float32Array {
  const data = new Float32Array(length)
  let offset = 0
  for (const row of rows) {
    data.set(row, offset)
    offset += row.length
  }
  return data
}

function unreadable({ path, reason }: SkippedImage): DblossError {
  return new DblossError('data', reason, { argument: 'data', found: path, expected: 'an image that can be decoded' })
}
