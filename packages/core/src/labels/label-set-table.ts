import { none } from './label-row.ts'
import { type LabelSetRecords, sortedRecords } from './label-set-order.ts'
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

/** A count is kept in two numbers: `low + LOW_LIMIT · high`. */
const LOW_LIMIT = 2 ** 30
/** Where the classes begin in a record: after low and high of the count, the number of positives and of unknown classes. */
const HEADER = 4

/**
 * A hash table of label sets in typed arrays: a set costs 4 bytes a class and about 40 more, and nothing for the collector
 * to walk through, so millions of distinct sets are no burden. A look-up reads memory in two places only.
 */
export function labelSetTable(): LabelSetTable {
  /** One record after the other: header, positive classes, unknown classes. */
  let items = new Int32Array(1024)
  let end = 0
  let size = 0
  /** Pairs: the start of a record + 1, or 0 where free, and its hash; at the place that the hash says, or the next. */
  let slots = new Int32Array(256)

  function add(classes: readonly number[], unknown: readonly number[], count: number): void {
    const hash = hashOf(classes, unknown)
    const mask = slots.length - 1
    let slot = (hash << 1) & mask
    for (let start = slots[slot]! - 1; start >= 0; start = slots[slot]! - 1) {
      if (slots[slot + 1] === hash && equals(start, classes, unknown)) {
        addCount(start, count)
        return
      }
      slot = (slot + 2) & mask
    }
    slots[slot] = end + 1
    slots[slot + 1] = hash
    append(classes, unknown)
    addCount(slots[slot]! - 1, count)
    size++
    if (size * 3 > slots.length) rehash()
  }

  function addCount(start: number, count: number): void {
    const low = items[start]! + count
    if (low < LOW_LIMIT) {
      items[start] = low
    } else {
      items[start] = low % LOW_LIMIT
      items[start + 1]! += Math.floor(low / LOW_LIMIT)
    }
  }

  function equals(start: number, classes: readonly number[], unknown: readonly number[]): boolean {
    if (items[start + 2] !== classes.length || items[start + 3] !== unknown.length) return false
    let at = start + HEADER
    for (let i = 0; i < classes.length; i++) if (items[at++] !== classes[i]) return false
    for (let i = 0; i < unknown.length; i++) if (items[at++] !== unknown[i]) return false
    return true
  }

  function append(classes: readonly number[], unknown: readonly number[]): void {
    const needed = end + HEADER + classes.length + unknown.length
    if (needed > items.length) {
      const larger = new Int32Array(Math.max(needed, Math.ceil(items.length * 1.5)))
      larger.set(items)
      items = larger
    }
    items[end + 2] = classes.length
    items[end + 3] = unknown.length
    let at = end + HEADER
    for (let i = 0; i < classes.length; i++) items[at++] = classes[i]!
    for (let i = 0; i < unknown.length; i++) items[at++] = unknown[i]!
    end = at
  }

  function rehash(): void {
    const old = slots
    slots = new Int32Array(old.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue
      let slot = (old[from + 1]! << 1) & mask
      while (slots[slot] !== 0) slot = (slot + 2) & mask
      slots[slot] = old[from]!
      slots[slot + 1] = old[from + 1]!
    }
  }

  function list(start: number, length: number): readonly number[] {
    if (length === 0) return none
    const classes = new Array<number>(length)
    for (let i = 0; i < length; i++) classes[i] = items[start + i]!
    return classes
  }

  function labelSet(start: number): LabelSet {
    const [positives, unknowns] = [items[start + 2]!, items[start + 3]!]
    const classes = list(start + HEADER, positives)
    const count = items[start]! + LOW_LIMIT * items[start + 1]!
    if (unknowns === 0) return { classes, count }
    return { classes, unknown: list(start + HEADER + positives, unknowns), count }
  }

  return {
    size: () => size,
    add,
    labelSets() {
      const records: LabelSetRecords = { items, end, size, header: HEADER }
      const order = sortedRecords(records)
      const sets = new Array<LabelSet>(size)
      for (let i = 0; i < size; i++) sets[i] = labelSet(order[i]!)
      return sets
    },
  }
}

/** Murmur-like: every class stirs all 32 bits. */
function hashOf(classes: readonly number[], unknown: readonly number[]): number {
  let hash = classes.length
  for (let i = 0; i < classes.length; i++) hash = stir(hash, classes[i]!)
  for (let i = 0; i < unknown.length; i++) hash = stir(hash, unknown[i]!)
  return hash ^ (hash >>> 16)
}

function stir(hash: number, item: number): number {
  const mixed = Math.imul(hash ^ item, 0x9e3779b1)
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
}
