import { asUnknown, HEADER, type LabelSetRecords, nextStart } from './label-set-record.ts'

/** Where the lower half of a 64-bit number is, and where the upper one. */
const [LOWER, UPPER] = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? [0, 1] : [1, 0]

/** Integers of this many bits are exact in a float64. */
const EXACT_BITS = 53

/**
 * Where the records start, in lexicographic order of their positive classes, then of their unknown ones.
 *
 * As many leading classes as fit, and below them the number of the record, make one number of 64 bits; these are sorted,
 * which takes no look at the records. Only records that agree in the packed classes are compared.
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

  const numberBits = Math.ceil(Math.log2(Math.max(size, 1)))
  const classBits = Math.ceil(Math.log2(largest + 2))
  const packed = Math.floor(Math.min(64 - numberBits, EXACT_BITS) / classBits)
  const [numbers, classRange, lowerRange] = [2 ** numberBits, 2 ** classBits, 2 ** (32 - numberBits)]
  const halves = new Uint32Array(2 * size)
  for (let i = 0; i < size; i++) {
    let classes = 0
    for (let p = 0; p < packed; p++) classes = classes * classRange + positiveAt(items, starts[i]!, p) + 1
    const upper = Math.floor(classes / lowerRange)
    halves[2 * i + UPPER] = upper
    halves[2 * i + LOWER] = (classes - upper * lowerRange) * numbers + i
  }
  new BigUint64Array(halves.buffer).sort()

  const sorted = new Uint32Array(size)
  for (let i = 0; i < size; i++) sorted[i] = starts[halves[2 * i + LOWER]! & (numbers - 1)]!
  const agree = (i: number, k: number): boolean =>
    halves[2 * i + UPPER] === halves[2 * k + UPPER] &&
    halves[2 * i + LOWER]! >>> numberBits === halves[2 * k + LOWER]! >>> numberBits
  const compare = comparison(items)
  for (let from = 0, to = 1; to <= size; to++) {
    if (to < size && agree(from, to)) continue
    if (to - from > 1) sorted.subarray(from, to).sort(compare)
    from = to
  }
  return sorted
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
