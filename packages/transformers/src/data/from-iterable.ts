import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { checkLabelNames } from './label-names.ts'
import { type NamedItem, toDataset } from './named-items.ts'
import { isWebAddress } from './read-image-bytes.ts'
import { type SplitName, splitNamed } from './split-names.ts'

/** A labelled image as code gives it. */
export interface ImageSource {
  /** A path, a URL, the encoded image, or a function that reads it each time it is needed. */
  readonly image: string | URL | Uint8Array | Blob | (() => Promise<Uint8Array>)
  /** Names of labels. */
  readonly labels: readonly string[]
  /** `train`, `validation` or `test`. Default `train`. */
  readonly split?: string
}

/** Options of {@link fromIterable}. */
export interface IterableOptions {
  /** The classes in the order of the model's outputs. Default: the labels that occur in training, sorted. */
  readonly classNames?: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Makes a data set of what code yields. The iterable is read to its end; images are not opened, and those given as bytes
 * stay in memory: give functions for more of them than fit.
 *
 * @throws DblossError `data`, naming the item (from 0), for anything that is not an {@link ImageSource}, images that are
 * given twice, and labels that occur in another split but not in training. Rejects with the signal's reason.
 *
 * @example
 * const dataset = await fromIterable([{ image: 'beach.jpg', labels: ['sea', 'sunset'] }])
 */
export async function fromIterable(
  images: AsyncIterable<ImageSource> | Iterable<ImageSource>,
  { classNames, signal }: IterableOptions = {},
): Promise<Dataset> {
  const splits: Partial<Record<SplitName, NamedItem[]>> = {}
  let index = 0
  for await (const source of images) {
    signal?.throwIfAborted()
    const place = `item ${index++}`
    const split = splitNamed(source.split ?? 'train')
    if (split === undefined) {
      throw dataError(place, `has the split '${source.split}'`, source.split, 'train, validation or test')
    }
    splits[split] ??= []
    splits[split].push({ ...locate(source.image, place), labels: checkLabelNames(source.labels, place), place })
  }
  if (index === 0) throw dataError('the iterable', 'yields nothing', 0, 'at least one image')
  return toDataset(splits, { given: 'the iterable', classNames })
}

function locate(image: ImageSource['image'], place: string): Pick<NamedItem, 'path' | 'read'> {
  if (typeof image === 'string' && image !== '') return { path: isWebAddress(image) ? image : resolve(image) }
  if (image instanceof URL && image.protocol === 'file:') return { path: fileURLToPath(image) }
  if (image instanceof URL && isWebAddress(image.href)) return { path: image.href }
  if (image instanceof Uint8Array) return { path: place, read: async () => image }
  if (image instanceof Blob) return { path: place, read: async () => new Uint8Array(await image.arrayBuffer()) }
  if (typeof image === 'function') return { path: place, read: image }
  throw dataError(place, `has the image ${String(image)}`, image, 'a path, a web address, bytes, a Blob or a function')
}
