/**
 * Label sets, one after the other in one array: the count in two numbers, how many classes follow, the positive classes
 * ascending, and the unknown ones ascending, class k as −1 − k.
 */
export interface LabelSetRecords {
  readonly items: Int32Array
  /** Where the last record ends. */
  readonly end: number
  /** The number of records. */
  readonly size: number
}

/** Where a record holds the count's lower 30 bits. */
export const COUNT_LOW = 0
/** Where a record holds the rest of the count, in units of 2^30. */
export const COUNT_HIGH = 1
/** Where a record holds how many classes follow. */
export const LENGTH = 2
/** Where the classes begin in a record. */
export const HEADER = 3

/** How an unknown class is kept; of what is kept, the class. */
export const asUnknown = (index: number): number => -1 - index

/** Where the record after one starts. */
export function nextStart(items: Int32Array, start: number): number {
  return start + HEADER + items[start + LENGTH]!
}
