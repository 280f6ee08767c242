/** Label sets as records in one array: a header whose last two numbers are the lengths of the two lists that follow it. */
export interface LabelSetRecords {
  readonly items: Int32Array
  /** Where the last record ends. */
  readonly end: number
  /** The number of records. */
  readonly size: number
  /** The length of the header. */
  readonly header: number
}

/** With fewer records than this, comparing them is faster than counting classes. */
const FEW = 4096
/** How many leading classes are sorted by counting. */
const LEADING = 4

/**
 * Where the records start, in lexicographic order of their positive classes, then of their unknown ones. Many records are
 * sorted by counting, from the fourth class to the first; only those that agree in these four are compared.
 */
export function sortedRecords(records: LabelSetRecords): Uint32Array {
  const { items, end, size, header } = records
  let starts = new Uint32Array(size)
  for (let start = 0, i = 0; start < end; i++) {
    starts[i] = start
    start = start + header + items[start + header - 2]! + items[start + header - 1]!
  }
  const compare = comparison(records)
  if (size < FEW) return starts.sort(compare)

  /** The class at a position + 1; 0 behind the last class, which comes first. */
  const key = (start: number, position: number): number =>
    position < items[start + header - 2]! ? items[start + header + position]! + 1 : 0
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

function comparison({ items, header }: LabelSetRecords): (a: number, b: number) => number {
  const compareLists = (a: number, lengthA: number, b: number, lengthB: number): number => {
    const shared = Math.min(lengthA, lengthB)
    for (let i = 0; i < shared; i++) if (items[a + i] !== items[b + i]) return items[a + i]! - items[b + i]!
    return lengthA - lengthB
  }
  return (a, b) => {
    const [positivesA, positivesB] = [items[a + header - 2]!, items[b + header - 2]!]
    return (
      compareLists(a + header, positivesA, b + header, positivesB) ||
      compareLists(a + header + positivesA, items[a + header - 1]!, b + header + positivesB, items[b + header - 1]!)
    )
  }
}
