import { DblossError } from '../errors.ts'
import type { ExpectedClasses } from './class-names.ts'

/** Classes by index, or by name where `classNames` are given. */
export type ClassList = readonly (number | string)[] | Uint8Array | Uint16Array | Uint32Array | Int32Array

/** The labels of one sample with soft or unknown ones among them, without a value for each class that it does not carry. */
export interface SparseLabels {
  /** The classes with a label above 0. */
  readonly classes: ClassList
  /** The labels of `classes`, from 0 to 1. Default: all 1. */
  readonly values?: ArrayLike<number>
  /** The classes whose label is unknown, as −1 says in a matrix. Default: none. */
  readonly unknown?: ClassList
}

/** The labels of one sample: its positive classes, or its classes with their soft and unknown labels. */
export type SampleLabels = ClassList | SparseLabels

/** The labels of one sample, checked. */
export interface LabelRow {
  /** The classes with a label above 0, ascending. */
  readonly classes: readonly number[]
  /** The labels of `classes`; absent when all are 1. */
  readonly values?: readonly number[]
  /** The classes with label −1, ascending. */
  readonly unknown: readonly number[]
}

/** No class at all; one array for all rows that need it. */
export const none: readonly number[] = Object.freeze([])

/**
 * Checks the labels of one sample and resolves the names in them.
 *
 * @param row its number, for messages.
 * @throws DblossError `labels` for what is no list, a bad class index, a name that is not in `classNames`, a class that
 * comes twice, or a value outside [0, 1]; `shape` for values that do not fit the classes.
 */
export function readSampleLabels(labels: SampleLabels, row: number, expected: ExpectedClasses | undefined): LabelRow {
  if (isClassList(labels)) return { classes: readClasses(labels, row, expected), unknown: none }
  if (labels === null || typeof labels !== 'object' || !isClassList(labels.classes)) {
    throw new DblossError('labels', `labels[${row}] is ${String(labels)}; expected a list of class indices`, {
      argument: 'labels',
      found: labels,
      expected: 'a list of class indices or names, or { classes, values, unknown }',
    })
  }
  const unknown = labels.unknown === undefined ? none : readClasses(labels.unknown, row, expected)
  const positives =
    labels.values === undefined
      ? { classes: readClasses(labels.classes, row, expected) }
      : readSoft(labels.classes, labels.values, row, expected)
  const both = unknown.length === 0 ? undefined : positives.classes.find((index) => unknown.includes(index))
  if (both !== undefined) {
    throw new DblossError('labels', `labels[${row}] has class index ${both} both in classes and in unknown`, {
      argument: 'labels',
      found: both,
      expected: 'distinct class indices',
    })
  }
  return { ...positives, unknown }
}

function isClassList(labels: unknown): labels is ClassList {
  return Array.isArray(labels) || (ArrayBuffer.isView(labels) && !(labels instanceof DataView))
}

/** Lists up to this length are sorted by insertion, which needs no calls. */
const SHORT = 32

/** The class indices of a list, ascending; the list is not written to. */
function readClasses(list: ClassList, row: number, expected: ExpectedClasses | undefined): number[] {
  const classes = new Array<number>(list.length)
  for (let position = 0; position < list.length; position++)
    classes[position] = readClass(list[position]!, row, expected)
  if (classes.length <= SHORT) sortByInsertion(classes)
  else classes.sort((a, b) => a - b)
  for (let position = 1; position < classes.length; position++) {
    if (classes[position] === classes[position - 1]) throw repeatedClass(classes[position]!, row)
  }
  return classes
}

function sortByInsertion(numbers: number[]): void {
  for (let next = 1; next < numbers.length; next++) {
    const number = numbers[next]!
    let position = next
    for (; position > 0 && numbers[position - 1]! > number; position--) numbers[position] = numbers[position - 1]!
    numbers[position] = number
  }
}

function readSoft(
  list: ClassList,
  values: ArrayLike<number>,
  row: number,
  expected: ExpectedClasses | undefined,
): { readonly classes: readonly number[]; readonly values?: readonly number[] } {
  if (values.length !== list.length) {
    throw new DblossError('shape', `labels[${row}] has ${values.length} values for ${list.length} classes`, {
      argument: 'labels',
      found: values.length,
      expected: `${list.length} values`,
    })
  }
  readClasses(list, row, expected)
  const labelled = Array.from(list as ArrayLike<number | string>, (item, position) => {
    const index = readClass(item, row, expected)
    const value = values[position]!
    if (value >= 0 && value <= 1) return { index, value }
    throw new DblossError('labels', `labels[${row}, ${index}] is ${value}; expected 0 to 1`, {
      argument: 'labels',
      found: value,
      expected: '[0, 1]; unknown classes go into unknown',
    })
  })
  const carried = labelled.filter(({ value }) => value > 0).sort((a, b) => a.index - b.index)
  const classes = carried.map(({ index }) => index)
  return carried.every(({ value }) => value === 1)
    ? { classes }
    : { classes, values: carried.map(({ value }) => value) }
}

/** Indices are kept in 32 bits. */
const LARGEST_INDEX = 2 ** 31 - 2

function readClass(item: number | string, row: number, expected: ExpectedClasses | undefined): number {
  if (typeof item === 'string') return readName(item, row, expected)
  if (!Number.isInteger(item) || item < 0 || item > LARGEST_INDEX) {
    throw new DblossError('labels', `labels[${row}] has class index ${item}; expected a non-negative integer`, {
      argument: 'labels',
      found: item,
      expected: `an integer from 0 to ${LARGEST_INDEX}`,
    })
  }
  if (expected !== undefined && item >= expected.classCount) {
    const { described, classCount } = expected
    throw new DblossError('labels', `labels[${row}] has class index ${item} but ${described} ${classCount} classes`, {
      argument: 'labels',
      found: item,
      expected: `0 to ${classCount - 1}`,
    })
  }
  return item
}

function readName(name: string, row: number, expected: ExpectedClasses | undefined): number {
  const index = expected?.indexOf?.get(name)
  if (index !== undefined) return index
  const trouble = expected?.indexOf === undefined ? 'but there are no classNames' : 'which is not one of classNames'
  throw new DblossError('labels', `labels[${row}] names class '${name}', ${trouble}`, {
    argument: 'labels',
    found: name,
    expected: expected?.indexOf === undefined ? 'a class index, or classNames' : 'one of classNames',
  })
}

function repeatedClass(index: number, row: number): DblossError {
  return new DblossError(
    'labels',
    `labels[${row}] names class index ${index} twice; a row lists each positive class once (for rows of 0 and 1 give { data, classCount })`,
    { argument: 'labels', found: index, expected: 'distinct class indices' },
  )
}
