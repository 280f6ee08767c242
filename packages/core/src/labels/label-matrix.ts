import { DblossError } from '../errors.ts'
import type { ExpectedClasses } from './class-names.ts'
import { type LabelRow, none, readSampleLabels, type SampleLabels } from './label-row.ts'

/** Labels row by row in one array. */
export interface LabelData {
  /** Row-major [sampleCount, classCount]: 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly data: ArrayLike<number>
  readonly classCount: number
}

/** The labels of a data set: for each sample the indices of its positive classes, or a row-major matrix. */
export type LabelInput = readonly (readonly number[])[] | LabelData

/**
 * The labels of a data set: for each sample its positive classes, by index or by name (or `{ classes, values, unknown }`
 * where some are soft or unknown), or a row-major matrix. Lists never become a matrix, so they fit any number of classes.
 */
export type DataSetLabels = readonly SampleLabels[] | LabelData

/** Labels that were checked, in one form whatever form they came in. */
export interface LabelRows {
  readonly classCount: number
  readonly rows: readonly LabelRow[]
}

/**
 * Checks labels and brings them into one form. Without `expected`, lists have as many classes as their largest index + 1.
 *
 * @throws DblossError `shape` for wrong sizes and no samples, `labels` for a bad class index or name, a class that a list
 * names twice, or a value outside [0, 1] that is not −1; the message has the row.
 */
export function readLabels(labels: DataSetLabels, expected?: ExpectedClasses): LabelRows {
  requireLabels(labels)
  if ('data' in labels) return { classCount: checkMatrix(labels, expected), rows: [...matrixRows(labels)] }
  if (labels.length === 0) throw noSamples()
  let largest = -1
  const rows = labels.map((row, number) => {
    const read = readSampleLabels(row, number, expected)
    largest = Math.max(largest, largestClass(read))
    return read
  })
  const classCount = expected?.classCount ?? largest + 1
  if (classCount === 0) throw noClasses()
  return { classCount, rows }
}

/**
 * As {@link readLabels}, for work that needs each label to be 0, 1 or −1.
 *
 * @throws DblossError `labels` for a soft label; `purpose` begins the explanation, as `average precision`.
 */
export function readHardLabels(labels: DataSetLabels, purpose: string, expected?: ExpectedClasses): LabelRows {
  const read = readLabels(labels, expected)
  read.rows.forEach(({ classes, values }, row) => {
    if (values === undefined) return
    const soft = values.findIndex((value) => value !== 1)
    throw new DblossError(
      'labels',
      `labels[${row}, ${classes[soft]}] is ${values[soft]}; ${purpose} needs 0, 1 or −1`,
      {
        argument: 'labels',
        found: values[soft],
        expected: '0, 1 or −1',
      },
    )
  })
  return read
}

/** The largest class index that a row mentions, −1 for none. */
export function largestClass({ classes, unknown }: LabelRow): number {
  return Math.max(classes.at(-1) ?? -1, unknown.at(-1) ?? -1)
}

/**
 * Refuses what is neither a matrix nor a list, nor, where `streams` are welcome, any other iterable of rows.
 *
 * @throws DblossError `labels`.
 */
export function requireLabels(labels: unknown, streams = false): void {
  const isObject = labels !== null && typeof labels === 'object'
  if (isObject && ('data' in labels || Array.isArray(labels) || (streams && Symbol.iterator in labels))) return
  throw new DblossError(
    'labels',
    `labels is ${String(labels)}; expected lists of class indices or { data, classCount }`,
    {
      argument: 'labels',
      found: labels,
      expected: 'readonly number[][] or { data, classCount }',
    },
  )
}

/**
 * Checks the sizes of a matrix and gives its number of columns.
 *
 * @throws DblossError `shape`.
 */
export function checkMatrix({ data, classCount }: LabelData, expected: ExpectedClasses | undefined): number {
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new DblossError('shape', `labels has classCount ${classCount}; expected a positive integer`, {
      argument: 'labels',
      found: classCount,
      expected: 'a positive integer',
    })
  }
  if (expected !== undefined && classCount !== expected.classCount) {
    throw new DblossError(
      'shape',
      `labels has ${classCount} columns but ${expected.described} ${expected.classCount} classes`,
      { argument: 'labels', found: classCount, expected: `${expected.classCount} columns` },
    )
  }
  if (data.length === 0) throw noSamples()
  if (data.length % classCount !== 0) {
    throw new DblossError('shape', `labels has ${data.length} values, which ${classCount} classes do not divide`, {
      argument: 'labels',
      found: data.length,
      expected: `a multiple of ${classCount}`,
    })
  }
  return classCount
}

/**
 * The rows of a matrix whose sizes are right, one after the other; `firstRow` is the number of the first in messages.
 *
 * @throws DblossError `labels` for a value outside [0, 1] that is not −1.
 */
export function* matrixRows({ data, classCount }: LabelData, firstRow = 0): Generator<LabelRow> {
  for (let start = 0, row = firstRow; start < data.length; start += classCount, row++) {
    const classes: number[] = []
    const values: number[] = []
    const unknown: number[] = []
    let soft = false
    for (let index = 0; index < classCount; index++) {
      const value = data[start + index]!
      if (value === -1) {
        unknown.push(index)
      } else if (!(value >= 0 && value <= 1)) {
        throw new DblossError('labels', `labels[${row}, ${index}] is ${value}; expected 0 to 1, or −1 for unknown`, {
          argument: 'labels',
          found: value,
          expected: '[0, 1] or −1',
        })
      } else if (value > 0) {
        classes.push(index)
        values.push(value)
        soft ||= value < 1
      }
    }
    const known = unknown.length === 0 ? none : unknown
    yield soft ? { classes, values, unknown: known } : { classes, unknown: known }
  }
}

/** The error for a data set without samples. */
export function noSamples(): DblossError {
  return new DblossError('shape', 'labels has no samples; expected at least one', {
    argument: 'labels',
    found: 0,
    expected: 'at least one sample',
  })
}

/** The error for lists from which the number of classes cannot be told. */
export function noClasses(): DblossError {
  return new DblossError('labels', 'labels names no class, so the number of classes is unknown; expected classCount', {
    argument: 'classCount',
    expected: 'a positive integer',
  })
}
