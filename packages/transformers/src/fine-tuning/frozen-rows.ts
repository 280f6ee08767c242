import { DblossError } from '@dbloss/core'
import type { FrozenActivations, Trainer } from '@dbloss/onnx-training'
import type { Backbone } from '../backbone/backbone.ts'
import type { ImageItem } from '../data/dataset.ts'
import { inOrder } from '../features/in-order.ts'
import { type LoadedImage, loadImage } from '../features/load-image.ts'
import { type PixelValues, stack } from '../features/pixel-values.ts'
import { type OnProgress, startPhase } from '../progress.ts'
import type { FrozenRow, RowStore } from './row-store.ts'

/** What the frozen blocks make of images: computed once for all epochs and runs. */
export interface FrozenRows {
  /** The rows of images, by their places among the items, as a batch. */
  batch(places: readonly number[]): Promise<FrozenActivations>
}

/** What {@link computeFrozenRows} needs. */
export interface FrozenRowsOptions {
  readonly backbone: Backbone
  /** Runs the frozen part. */
  readonly trainer: Pick<Trainer, 'precompute'>
  readonly items: readonly ImageItem[]
  readonly store: RowStore
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

const batchSize = 8
/** Images that are read and decoded while the model runs. */
const imagesAhead = 16

/**
 * Runs the frozen blocks on images whose rows the store does not have; equal images share a row.
 *
 * @throws DblossError `data` for an image that cannot be read, and for images of several sizes; `output` when a row cannot be
 * kept. Rejects with the signal's reason when it is aborted.
 */
export async function computeFrozenRows(options: FrozenRowsOptions): Promise<FrozenRows> {
  const { backbone, trainer, items, store, signal, onProgress } = options
  const report = startPhase('frozen', items.length, onProgress)
  report(0)
  const keys: string[] = []
  const pending = new Map<string, PixelValues>()
  const load = (item: ImageItem): Promise<LoadedImage> =>
    loadImage(item, { backbone, signal, isWanted: (key) => !pending.has(key) && !store.has(key) })
  const compute = async () => {
    const batch = [...pending].slice(0, batchSize)
    for (const [index, row] of (await runFrozenPart(trainer, batch)).entries()) {
      const [key] = batch[index]!
      await store.add(key, row)
      pending.delete(key)
    }
  }
  for await (const { keys: own, pixels } of inOrder(items, imagesAhead, load)) {
    signal?.throwIfAborted()
    const [key] = own as [string]
    keys.push(key)
    for (const [wanted, values] of pixels) if (!store.has(wanted)) pending.set(wanted, values)
    if (pending.size >= batchSize) await compute()
    if (keys.length % batchSize === 0) report(keys.length)
  }
  while (pending.size > 0) await compute()
  report(items.length)
  return { batch: async (places) => joined(await Promise.all(places.map((place) => store.get(keys[place]!)))) }
}

async function runFrozenPart(
  trainer: Pick<Trainer, 'precompute'>,
  batch: readonly (readonly [string, PixelValues])[],
): Promise<FrozenRow[]> {
  const images = batch.map(([, pixels]) => pixels)
  const sizes = new Set(images.map(({ dims }) => dims.join(' × ')))
  if (sizes.size > 1) {
    const found = [...sizes].join(' and ')
    throw new DblossError('data', `the processor makes images of ${found}; trained blocks need one size`, {
      argument: 'trainableBlocks',
      found,
      expected: 'a processor that crops or resizes to one size',
    })
  }
  const { activations } = await trainer.precompute({
    inputs: { pixel_values: stack(images).data },
    batchSize: images.length,
  })
  return images.map((_, index) =>
    Object.fromEntries(
      Object.entries(activations).map(([name, values]) => {
        const length = values.length / images.length
        return [name, values.slice(index * length, (index + 1) * length)]
      }),
    ),
  )
}

function joined(rows: readonly FrozenRow[]): FrozenActivations {
  const [first] = rows as [FrozenRow]
  const activations = Object.entries(first).map(([name, values]) => {
    const all = new (values.constructor as new (length: number) => typeof values)(rows.length * values.length)
    for (const [index, row] of rows.entries()) all.set(row[name] as never, index * values.length)
    return [name, all] as const
  })
  return { activations: Object.fromEntries(activations), batchSize: rows.length }
}
