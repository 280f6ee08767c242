import { none } from './label-row.ts'
import { sortedStarts } from './label-set-order.ts'
import { asUnknown, COUNT_HIGH, COUNT_LOW, HEADER, LENGTH, nextStart } from './label-set-record.ts'
import type { LabelSet } from './label-sets.ts'

/** Counts distinct label sets. */
export interface LabelSetTable {
  /** The number of distinct sets so far. */
  readonly size: () => number
  /** Counts `count` samples with these classes; both lists ascending. */
  readonly add: (classes: readonly number[], unknown: readonly number[], count: number) => void
  /** The sets with their counts, in lexicographic order of their classes, then of the unknown ones. */
  readonly labelSets: () => LabelSet[]
}

const LOW_LIMIT = 2 ** 30
const FEWEST_SLOTS = 256

/**
 * A hash table of label sets in typed arrays: a set costs 4 bytes a class and about 30 more, and nothing for the collector
 * to walk through, so millions of distinct sets are no burden. A look-up reads memory in two places only.
 */
export function labelSetTable(): LabelSetTable {
  let items = new Int32Array(1024)
  let end = 0
  let size = 0
  /** Pairs: the start of a record + 1, or 0 where free, and its hash; at the place that the hash says, or the next. */
  let slots = new Int32Array(0)

  function add(classes: readonly number[], unknown: readonly number[], count: number): void {
    if (size * 3 >= slots.length) index()
    write(classes, unknown)
    const hash = hashOf(items, end)
    const mask = slots.length - 1
    let slot = (hash << 1) & mask
    for (let start = slots[slot]! - 1; start >= 0; start = slots[slot]! - 1) {
      if (slots[slot + 1] === hash && agree(items, start, end)) {
        addCount(start, count)
        return
      }
      slot = (slot + 2) & mask
    }
    slots[slot] = end + 1
    slots[slot + 1] = hash
    addCount(end, count)
    end = nextStart(items, end)
    size++
  }

  /** Writes a record without a count behind the last one; it belongs to the table once `end` is behind it. */
  function write(classes: readonly number[], unknown: readonly number[]): void {
    const length = classes.length + unknown.length
    const needed = end + HEADER + length
    if (needed > items.length) items = enlarged(items, Math.max(needed, Math.ceil(items.length * 1.5)))
    items[end + COUNT_LOW] = 0
    items[end + COUNT_HIGH] = 0
    items[end + LENGTH] = length
    let at = end + HEADER
    for (let i = 0; i < classes.length; i++) items[at++] = classes[i]!
    for (let i = 0; i < unknown.length; i++) items[at++] = asUnknown(unknown[i]!)
  }

  function addCount(start: number, count: number): void {
    const low = items[start + COUNT_LOW]! + count
    items[start + COUNT_LOW] = low % LOW_LIMIT
    if (low >= LOW_LIMIT) items[start + COUNT_HIGH]! += Math.floor(low / LOW_LIMIT)
  }

  /** Makes the slots anew, at most a third of them taken. */
  function index(): void {
    let length = FEWEST_SLOTS
    while (length < size * 6) length *= 2
    slots = new Int32Array(length)
    const mask = length - 1
    for (let start = 0; start < end; start = nextStart(items, start)) {
      const hash = hashOf(items, start)
      let slot = (hash << 1) & mask
      while (slots[slot] !== 0) slot = (slot + 2) & mask
      slots[slot] = start + 1
      slots[slot + 1] = hash
    }
  }

  function labelSets(): LabelSet[] {
    // Room for the sets, which take several times as much; the next `add` makes the slots again.
    slots = new Int32Array(0)
    const order = sortedStarts({ items, end, size })
    const sets = new Array<LabelSet>(size)
    for (let i = 0; i < size; i++) sets[i] = labelSetAt(items, order[i]!)
    return sets
  }

  return { size: () => size, add, labelSets }
}

function enlarged(items: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(items)
  return larger
}

/** Murmur-like: every class stirs all 32 bits. */
function hashOf(items: Int32Array, start: number): number {
  const end = nextStart(items, start)
  let hash = 0
  for (let at = start + LENGTH; at < end; at++) {
    hash = Math.imul(hash ^ items[at]!, 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  }
  return hash ^ (hash >>> 16)
}

/** Whether two records are of the same label set. */
function agree(items: Int32Array, a: number, b: number): boolean {
  const length = HEADER + items[b + LENGTH]!
  for (let at = LENGTH; at < length; at++) if (items[a + at] !== items[b + at]) return false
  return true
}

function labelSetAt(items: Int32Array, start: number): LabelSet {
  const end = nextStart(items, start)
  const count = items[start + COUNT_LOW]! + LOW_LIMIT * items[start + COUNT_HIGH]!
  let positives = start + HEADER
  while (positives < end && items[positives]! >= 0) positives++
  const classes = listOf(items, start + HEADER, positives)
  if (positives === end) return { classes, count }
  return { classes, unknown: listOf(items, positives, end).map(asUnknown), count }
}

function listOf(items: Int32Array, from: number, to: number): readonly number[] {
  if (from === to) return none
  const classes = new Array<number>(to - from)
  for (let i = 0; i < classes.length; i++) classes[i] = items[from + i]!
  return classes
}
