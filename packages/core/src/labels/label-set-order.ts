import { asUnknown, HEADER, type LabelSetRecords, nextStart } from './label-set-record.ts'

/** Fewer records than this are compared: faster than counting their classes. */
const FEW = 64
/** Fewer records than this share of the classes are compared too: counting goes through all classes. */
const SHARE_OF_CLASSES = 8
/** So many leading classes are counted at most; label sets that agree in all of them are compared. */
const LEADING = 8

/**
 * Where the records start, in lexicographic order of their positive classes, then of their unknown ones: many are sorted by
 * counting their first class, those with the same first class by the second, and so on; few are compared.
 */
export function sortedStarts({ items, end, size }: LabelSetRecords): Uint32Array {
  const starts = new Uint32Array(size)
  let largest = 0
  for (let start = 0, i = 0; start < end; i++) {
    starts[i] = start
    const next = nextStart(items, start)
    for (let at = start + HEADER; at < next; at++) largest = Math.max(largest, items[at]!)
    start = next
  }
  const few = Math.max(FEW, largest / SHARE_OF_CLASSES)
  const compare = comparison(items)
  /** How many records have a class, at the class + 2; then where they begin. Records without a further class come first. */
  const counts = new Uint32Array(largest + 3)
  const scattered = new Uint32Array(size)

  /** Sorts records that agree in the positive classes before a position. */
  function sortFrom(from: number, to: number, position: number): void {
    if (to - from < few || position === LEADING) {
      if (to - from > 1) starts.subarray(from, to).sort(compare)
      return
    }
    counts.fill(0)
    for (let i = from; i < to; i++) counts[positiveAt(items, starts[i]!, position) + 2]!++
    for (let k = 1; k < counts.length; k++) counts[k]! += counts[k - 1]!
    for (let i = from; i < to; i++) {
      const start = starts[i]!
      scattered[from + counts[positiveAt(items, start, position) + 1]!++] = start
    }
    starts.set(scattered.subarray(from, to), from)

    let first = from
    while (first < to && positiveAt(items, starts[first]!, position) < 0) first++
    if (first - from > 1) starts.subarray(from, first).sort(compare)
    for (let next = first; first < to; first = next) {
      const index = positiveAt(items, starts[first]!, position)
      while (next < to && positiveAt(items, starts[next]!, position) === index) next++
      sortFrom(first, next, position + 1)
    }
  }
  sortFrom(0, size, 0)
  return starts
}

/** The positive class of a record at a position, or −1 behind the last one. */
function positiveAt(items: Int32Array, start: number, position: number): number {
  const at = start + HEADER + position
  return at < nextStart(items, start) ? Math.max(items[at]!, -1) : -1
}

function comparison(items: Int32Array): (a: number, b: number) => number {
  return (a, b) => {
    const [endA, endB] = [nextStart(items, a), nextStart(items, b)]
    let [atA, atB] = [a + HEADER, b + HEADER]
    while (atA < endA && atB < endB && items[atA] === items[atB]) {
      atA++
      atB++
    }
    return (atA < endA ? rank(items[atA]!) : -1) - (atB < endB ? rank(items[atB]!) : -1)
  }
}

/** Unknown classes come before positive ones: where one is, the positive classes have ended. */
const rank = (item: number): number => (item < 0 ? asUnknown(item) : item + 2 ** 31)
