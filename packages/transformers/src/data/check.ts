import { createHash } from 'node:crypto'
import { isDblossError } from '@dbloss/core'
import { decodeImage } from '../features/decode-image.ts'
import { inOrder } from '../features/in-order.ts'
import { type OnProgress, startPhase } from '../progress.ts'
import { checkLabels, type LabelCheck } from './check-labels.ts'
import type { Dataset, ImageItem } from './dataset.ts'
import { groupBy } from './group-by.ts'
import { lookAlikes } from './look-alikes.ts'
import { type Look, lookOf } from './perceptual-hash.ts'
import { readImageBytes } from './read-image-bytes.ts'
import type { SplitName } from './split-names.ts'

/** An image that a check found something about. */
export interface CheckedImage {
  readonly path: string
  readonly split: SplitName
}

/** Images that are one picture. */
export interface DuplicateImages {
  readonly images: readonly CheckedImage[]
  /** Whether they stand in more than one split: then what is measured was seen in training. */
  readonly acrossSplits: boolean
  /** Whether they have the same labels. */
  readonly sameLabels: boolean
}

/** What {@link checkDataset} found; plain JSON. */
export interface DatasetCheck {
  readonly imageCounts: Readonly<Partial<Record<SplitName, number>>>
  /** Images that cannot be read or decoded to their end. */
  readonly unreadable: readonly (CheckedImage & { readonly reason: string })[]
  /** Images with the same bytes; those across splits first. */
  readonly duplicates: readonly DuplicateImages[]
  /** Images with other bytes that look the same, such as scaled copies. Worth a look: some are different pictures. */
  readonly lookAlikes: readonly DuplicateImages[]
  readonly labels: LabelCheck
  readonly withoutLabels: readonly CheckedImage[]
  /** Image files that the data does not mention. */
  readonly withoutMetadata: readonly string[]
}

/** Options of {@link checkDataset}. */
export interface CheckOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: OnProgress | undefined
}

/** Images that are in memory at a time. */
const concurrency = 8

/**
 * Looks for what spoils training: reads and decodes every image, and compares images and labels. Memory holds a few images
 * at a time, and of each image its hashes.
 *
 * Images with equal SHA-256 are duplicates. Images look the same when at most 4 of the 64 bits of their difference hashes
 * differ, and the means of their colours by at most 5 of 255.
 *
 * @throws Rejects with the signal's reason when it is aborted. Images that cannot be read are part of the result.
 */
export async function checkDataset(dataset: Dataset, { signal, onProgress }: CheckOptions = {}): Promise<DatasetCheck> {
  const splits = Object.entries(dataset.splits) as [SplitName, readonly ImageItem[]][]
  const items = splits.flatMap(([split, images]) => images.map((item) => ({ item, split })))
  const report = startPhase('check', items.length, onProgress)
  report(0)
  const examined: (FoundImage & Examined)[] = []
  const examineFound = async (found: FoundImage) => ({ ...found, ...(await examine(found.item, signal)) })
  for await (const image of inOrder(items, concurrency, examineFound)) {
    report(examined.push(image))
    // The images that are left may have been read ahead, before the abort.
    signal?.throwIfAborted()
  }
  const readable = examined.flatMap((image) => ('look' in image ? [image] : []))
  const byContent = [...groupBy(readable, ({ content }) => content).values()]
  const alike = lookAlikes(byContent.map(([first]) => first!.look))
  return {
    imageCounts: Object.fromEntries(splits.map(([split, images]) => [split, images.length])),
    unreadable: examined.flatMap((image) => ('reason' in image ? [{ ...named(image), reason: image.reason }] : [])),
    duplicates: describe(byContent.filter((images) => images.length > 1)),
    lookAlikes: describe(alike.map((group) => group.flatMap((index) => byContent[index]!))),
    labels: checkLabels(dataset),
    withoutLabels: items.filter(({ item }) => item.labels.length === 0).map(named),
    withoutMetadata: dataset.withoutMetadata,
  }
}

type Examined = { readonly content: string; readonly look: Look } | { readonly reason: string }

async function examine(item: ImageItem, signal: AbortSignal | undefined): Promise<Examined> {
  try {
    const bytes = await readImageBytes(item, { signal })
    const look = lookOf(await decodeImage(bytes, item.path))
    return { content: createHash('sha256').update(bytes).digest('base64'), look }
  } catch (error) {
    signal?.throwIfAborted()
    if (isDblossError(error)) return { reason: error.message }
    throw error
  }
}

interface FoundImage {
  readonly item: ImageItem
  readonly split: SplitName
}

function named({ item, split }: FoundImage): CheckedImage {
  return { path: item.path, split }
}

function describe(groups: readonly (readonly FoundImage[])[]): DuplicateImages[] {
  return groups
    .map((images) => ({
      images: images.map(named),
      acrossSplits: new Set(images.map(({ split }) => split)).size > 1,
      sameLabels: new Set(images.map(({ item }) => item.labels.join())).size === 1,
    }))
    .sort((a, b) => Number(b.acrossSplits) - Number(a.acrossSplits))
}
