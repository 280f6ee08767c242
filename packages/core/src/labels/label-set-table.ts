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
/** How many records are looked up together. */
const BLOCK = 128

/**
 * A hash table of label sets in typed arrays: a set costs 4 bytes a class and about 30 more, and nothing for the collector
 * to walk through, so millions of distinct sets are no burden.
 *
 * A look-up reads memory in two far places and would wait for both. So records wait behind the others until a block of
 * them is looked up in loops of independent reads, which memory serves together.
 */
export function labelSetTable(): LabelSetTable {
  let items = new Int32Array(1024)
  let end = 0
  let size = 0
  /** Pairs: the start of a record + 1, or 0 where free, and its hash; at the place that the hash says, or the next. */
  let slots = new Int32Array(0)

  let waiting = 0
  let waitingEnd = 0
  /** Where the waiting records start, what their hashes are, and where a record of the same set is, or −1. */
  const starts = new Int32Array(BLOCK)
  const hashes = new Int32Array(BLOCK)
  const found = new Int32Array(BLOCK)

  function add(classes: readonly number[], unknown: readonly number[], count: number): void {
    if (waiting === BLOCK) countWaiting()
    if (waiting === 0) waitingEnd = end
    starts[waiting++] = waitingEnd
    const length = classes.length + unknown.length
    const needed = waitingEnd + HEADER + length
    if (needed > items.length) items = enlarged(items, Math.max(needed, Math.ceil(items.length * 1.5)))
    items[waitingEnd + COUNT_LOW] = count < LOW_LIMIT ? count : count % LOW_LIMIT
    items[waitingEnd + COUNT_HIGH] = count < LOW_LIMIT ? 0 : Math.floor(count / LOW_LIMIT)
    items[waitingEnd + LENGTH] = length
    let at = waitingEnd + HEADER
    for (let i = 0; i < classes.length; i++) items[at++] = classes[i]!
    for (let i = 0; i < unknown.length; i++) items[at++] = asUnknown(unknown[i]!)
    waitingEnd = at
  }

  function countWaiting(): void {
    if ((size + waiting) * 3 > slots.length) index()
    for (let i = 0; i < waiting; i++) hashes[i] = hashOf(items, starts[i]!)
    for (let i = 0; i < waiting; i++) {
      const slot = firstSlot(hashes[i]!)
      found[i] = slots[slot + 1] === hashes[i] ? slots[slot]! - 1 : -1
    }
    for (let i = 0; i < waiting; i++) if (found[i]! >= 0 && !agree(items, found[i]!, starts[i]!)) found[i] = -1
    for (let i = 0; i < waiting; i++) {
      if (found[i]! >= 0) addCount(found[i]!, starts[i]!)
      else insert(starts[i]!, hashes[i]!)
    }
    waiting = 0
  }

  /** Adds a record to that of the same set, or puts it behind the last one. */
  function insert(record: number, hash: number): void {
    let slot = firstSlot(hash)
    for (let start = slots[slot]! - 1; start >= 0; start = slots[slot]! - 1) {
      if (slots[slot + 1] === hash && agree(items, start, record)) {
        addCount(start, record)
        return
      }
      slot = nextSlot(slot)
    }
    slots[slot] = end + 1
    slots[slot + 1] = hash
    const recordEnd = nextStart(items, record)
    for (let at = record; at < recordEnd; at++) items[end++] = items[at]!
    size++
  }

  function addCount(to: number, from: number): void {
    const low = items[to + COUNT_LOW]! + items[from + COUNT_LOW]!
    items[to + COUNT_LOW] = low % LOW_LIMIT
    items[to + COUNT_HIGH]! += items[from + COUNT_HIGH]! + (low < LOW_LIMIT ? 0 : 1)
  }

  const firstSlot = (hash: number): number => (hash << 1) & (slots.length - 1)
  const nextSlot = (slot: number): number => (slot + 2) & (slots.length - 1)

  /** Makes the slots anew, at most a third of them taken. */
  function index(): void {
    let length = FEWEST_SLOTS
    while (length < (size + waiting) * 6) length *= 2
    slots = new Int32Array(length)
    for (let start = 0; start < end; start = nextStart(items, start)) {
      const hash = hashOf(items, start)
      let slot = firstSlot(hash)
      while (slots[slot] !== 0) slot = nextSlot(slot)
      slots[slot] = start + 1
      slots[slot + 1] = hash
    }
  }

  function labelSets(): LabelSet[] {
    countWaiting()
    // Room for the sets, which take several times as much; the next `add` makes the slots again.
    slots = new Int32Array(0)
    const order = sortedStarts({ items, end, size })
    const sets = new Array<LabelSet>(size)
    for (let i = 0; i < size; i++) sets[i] = labelSetAt(items, order[i]!)
    return sets
  }

  return {
    size() {
      countWaiting()
      return size
    },
    add,
    labelSets,
  }
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
