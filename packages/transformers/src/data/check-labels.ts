import type { Dataset, ImageItem } from './dataset.ts'
import type { SplitName } from './split-names.ts'

/** Labels that cannot be learned or measured. */
export interface LabelCheck {
  /** Classes that no image has. */
  readonly neverPresent: readonly string[]
  /** Classes that every image has. */
  readonly alwaysPresent: readonly string[]
  /** For each split the classes that only other splits have. */
  readonly missingFrom: Readonly<Partial<Record<SplitName, readonly string[]>>>
}

/** Looks for classes that are always, never or not in every split present. */
export function checkLabels({ classNames, splits }: Dataset): LabelCheck {
  const countsOf = new Map(
    (Object.entries(splits) as [SplitName, readonly ImageItem[]][]).map(([split, items]) => [
      split,
      countLabels(items, classNames.length),
    ]),
  )
  const imageCount = Object.values(splits).reduce((sum, items) => sum + items.length, 0)
  const totals = classNames.map((_, index) => [...countsOf.values()].reduce((sum, counts) => sum + counts[index]!, 0))
  const named = (isMeant: (index: number) => boolean) => classNames.filter((_, index) => isMeant(index))
  const missingFrom: Partial<Record<SplitName, readonly string[]>> = {}
  for (const [split, counts] of countsOf) {
    const missing = named((index) => counts[index] === 0 && totals[index]! > 0)
    if (missing.length > 0) missingFrom[split] = missing
  }
  return {
    neverPresent: named((index) => totals[index] === 0),
    alwaysPresent: named((index) => totals[index] === imageCount),
    missingFrom,
  }
}

function countLabels(items: readonly ImageItem[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0)
  for (const { labels } of items) for (const index of labels) counts[index]!++
  return counts
}
