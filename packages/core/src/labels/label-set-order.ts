import { asUnknown, HEADER, type LabelSetRecords, nextStart } from './label-set-record.ts'

/** With fewer records than this, comparing them is faster than counting classes. */
const FEW = 4096
/** How many leading classes are sorted by counting. */
const LEADING = 4

/**
 * Where the records start, in lexicographic order of their positive classes, then of their unknown ones. Many records are
 * sorted by counting, from the fourth class to the first; only those that agree in these four are compared.
 */
export function sortedStarts(records: LabelSetRecords): Uint32Array {
  const { items, end, size } = records
  let starts = new Uint32Array(size)
  for (let start = 0, i = 0; start < end; i++) {
    starts[i] = start
    start = nextStart(items, start)
  }
  const compare = comparison(items)
  if (size < FEW) return starts.sort(compare)

  /** The positive class at a position + 1; 0 behind the last one, which comes first. */
  const key = (start: number, position: number): number => {
    const at = start + HEADER + position
    return at < nextStart(items, start) ? Math.max(items[at]! + 1, 0) : 0
  }
  let sorted = new Uint32Array(size)
  const keys = new Uint32Array(size)
  for (let position = LEADING - 1; position >= 0; position--) {
    let largest = 0
    for (let i = 0; i < size; i++) {
      keys[i] = key(starts[i]!, position)
      largest = Math.max(largest, keys[i]!)
    }
    const next = new Uint32Array(largest + 2)
    for (let i = 0; i < size; i++) next[keys[i]! + 1]!++
    for (let k = 1; k < next.length; k++) next[k]! += next[k - 1]!
    for (let i = 0; i < size; i++) sorted[next[keys[i]!]!++] = starts[i]!
    ;[starts, sorted] = [sorted, starts]
  }

  const agree = (a: number, b: number): boolean => {
    for (let position = 0; position < LEADING; position++) if (key(a, position) !== key(b, position)) return false
    return true
  }
  for (let from = 0, to = 1; to <= size; to++) {
    if (to < size && agree(starts[from]!, starts[to]!)) continue
    if (to - from > 1) starts.subarray(from, to).sort(compare)
    from = to
  }
  return starts
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
