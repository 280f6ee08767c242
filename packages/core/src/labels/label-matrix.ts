import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'

/** Labels row by row in one array. */
export interface LabelData {
  /** Row-major [sampleCount, classCount]: 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly data: ArrayLike<number>
  readonly classCount: number
}

/** The labels of a data set: for each sample the indices of its positive classes, or a row-major matrix. */
export type LabelInput = readonly (readonly number[])[] | LabelData

/** The labels of one sample. */
export interface LabelRow {
  /** The classes with a label above 0, ascending. */
  readonly classes: readonly number[]
  /** The labels of `classes`; absent when all are 1. */
  readonly values?: readonly number[]
  /** The classes with label −1, ascending. */
  readonly unknown: readonly number[]
}

/** Labels that were checked, in one form whatever form they came in. */
export interface LabelRows {
  readonly classCount: number
  readonly rows: readonly LabelRow[]
}

/** What else fixes the number of classes; `described` says so in messages, as `the statistics describe`. */
export interface ExpectedClasses {
  readonly classCount: number
  readonly described: string
}

/**
 * The number of classes that the caller gives, if any.
 *
 * @throws DblossError `argument` unless it is a positive integer.
 */
export function givenClassCount(classCount: number | undefined): ExpectedClasses | undefined {
  if (classCount === undefined) return undefined
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  return { classCount, described: 'classCount says' }
}

/**
 * Checks labels and brings them into one form. Without `expected`, lists have as many classes as their largest index + 1.
 *
 * @throws DblossError `shape` for wrong sizes and no samples, `labels` for a bad class index, a class that a list names
 * twice, or a value outside [0, 1] that is not −1; the message has the row.
 */
export function readLabels(labels: LabelInput, expected?: ExpectedClasses): LabelRows {
  if (labels === null || typeof labels !== 'object' || !('data' in labels || Array.isArray(labels))) {
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
  return 'data' in labels ? readMatrix(labels, expected) : readLists(labels, expected)
}

/**
 * As {@link readLabels}, for work that needs each label to be 0, 1 or −1.
 *
 * @throws DblossError `labels` for a soft label; `purpose` begins the explanation, as `average precision`.
 */
export function readHardLabels(labels: LabelInput, purpose: string, expected?: ExpectedClasses): LabelRows {
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

function readLists(lists: readonly (readonly number[])[], expected: ExpectedClasses | undefined): LabelRows {
  if (lists.length === 0) throw noSamples()
  let largest = -1
  const rows = lists.map((list, row): LabelRow => {
    if (!Array.isArray(list) && !ArrayBuffer.isView(list)) {
      throw new DblossError('labels', `labels[${row}] is ${String(list)}; expected a list of class indices`, {
        argument: 'labels',
        found: list,
        expected: 'a list of class indices',
      })
    }
    const classes = Array.from(list).sort((a, b) => a - b)
    classes.forEach((index, position) => {
      checkClassIndex(index, row, expected)
      if (index === classes[position - 1]) throw repeatedClass(index, row)
    })
    largest = Math.max(largest, classes.at(-1) ?? -1)
    return { classes, unknown: [] }
  })
  const classCount = expected?.classCount ?? largest + 1
  if (classCount === 0) {
    throw new DblossError('labels', 'labels names no class, so the number of classes is unknown; expected classCount', {
      argument: 'classCount',
      expected: 'a positive integer',
    })
  }
  return { classCount, rows }
}

function checkClassIndex(index: number, row: number, expected: ExpectedClasses | undefined): void {
  if (!Number.isInteger(index) || index < 0) {
    throw new DblossError('labels', `labels[${row}] has class index ${index}; expected a non-negative integer`, {
      argument: 'labels',
      found: index,
      expected: 'a non-negative integer',
    })
  }
  if (expected !== undefined && index >= expected.classCount) {
    const { described, classCount } = expected
    throw new DblossError('labels', `labels[${row}] has class index ${index} but ${described} ${classCount} classes`, {
      argument: 'labels',
      found: index,
      expected: `0 to ${classCount - 1}`,
    })
  }
}

function repeatedClass(index: number, row: number): DblossError {
  return new DblossError(
    'labels',
    `labels[${row}] names class index ${index} twice; a row lists each positive class once (for rows of 0 and 1 give { data, classCount })`,
    { argument: 'labels', found: index, expected: 'distinct class indices' },
  )
}

function readMatrix({ data, classCount }: LabelData, expected: ExpectedClasses | undefined): LabelRows {
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
  const rows = Array.from({ length: data.length / classCount }, (_, row) => readMatrixRow(data, classCount, row))
  return { classCount, rows }
}

function readMatrixRow(data: ArrayLike<number>, classCount: number, row: number): LabelRow {
  const classes: number[] = []
  const values: number[] = []
  const unknown: number[] = []
  for (let index = 0; index < classCount; index++) {
    const value = data[row * classCount + index]!
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
    }
  }
  return values.every((value) => value === 1) ? { classes, unknown } : { classes, values, unknown }
}

function noSamples(): DblossError {
  return new DblossError('shape', 'labels has no samples; expected at least one', {
    argument: 'labels',
    found: 0,
    expected: 'at least one sample',
  })
}
