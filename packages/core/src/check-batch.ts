import type { Batch } from './adapter.ts'
import { DblossError } from './errors.ts'
import { ELEMENTS, sameExtent, shapeOf } from './formula/extent.ts'
import type { Loss } from './loss.ts'

/**
 * Checks a batch before work starts; every adapter calls it, so that all refuse the same things with the same words. Logits
 * that the work itself computes are left out.
 *
 * @returns the number of classes of the batch.
 * @throws DblossError `shape` for wrong sizes, `logits` for values that are not finite where the label is known, `labels`
 * for values outside [0, 1] that are not −1, `argument` for further inputs that are not finite; those of an element are read
 * where its label is known.
 */
export function checkBatch(loss: Loss, batch: Omit<Batch, 'logits'> & Partial<Pick<Batch, 'logits'>>): number {
  const { logits, labels, batchSize, inputs = {} } = batch
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new DblossError('shape', `batchSize is ${batchSize}; expected a positive integer`, {
      argument: 'batchSize',
      found: batchSize,
      expected: 'a positive integer',
    })
  }
  const classCount = columns('labels', labels, batchSize)
  if (loss.classCount !== undefined && classCount !== loss.classCount) {
    throw new DblossError(
      'shape',
      `labels has ${classCount} columns but the statistics describe ${loss.classCount} classes`,
      { argument: 'labels', found: classCount, expected: `${loss.classCount} columns` },
    )
  }
  const logitColumns = logits === undefined ? classCount : columns('logits', logits, batchSize)
  if (logitColumns !== classCount) {
    throw new DblossError('shape', `logits has ${logitColumns} columns but labels has ${classCount}`, {
      argument: 'logits',
      found: logitColumns,
      expected: `${classCount} columns`,
    })
  }
  for (const [name, extent] of Object.entries(loss.inputs)) {
    const [rows, width] = shapeOf(extent, batchSize, classCount)
    const data = inputs[name]
    if (data?.length !== rows * width) {
      const found = data === undefined ? 'is missing' : `has ${data.length} values`
      throw new DblossError('shape', `input '${name}' of ${loss.name} ${found}; expected [${rows}, ${width}]`, {
        argument: name,
        found: data?.length,
        expected: `${rows * width} values`,
      })
    }
  }
  checkLabels(labels, classCount)
  for (const [name, extent] of Object.entries(loss.inputs)) {
    checkInput(loss.name, name, inputs[name]!, sameExtent(extent, ELEMENTS) ? labels : undefined)
  }
  if (logits !== undefined) checkLogits(logits, labels, classCount)
  return classCount
}

/** The row length of a row-major array. */
function columns(argument: string, data: ArrayLike<number>, batchSize: number): number {
  if (data.length === 0 || data.length % batchSize !== 0) {
    throw new DblossError('shape', `${argument} has ${data.length} values, which ${batchSize} rows do not divide`, {
      argument,
      found: data.length,
      expected: `a positive multiple of ${batchSize}`,
    })
  }
  return data.length / batchSize
}

/**
 * Checks the labels of a batch, row-major [B, C].
 *
 * @throws DblossError `labels` for values outside [0, 1] that are not −1.
 */
export function checkLabels(labels: ArrayLike<number>, classCount: number): void {
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    if ((label >= 0 && label <= 1) || label === -1) continue
    throw new DblossError(
      'labels',
      `labels${place(index, classCount)} is ${label}; expected 0 to 1, or −1 for unknown`,
      {
        argument: 'labels',
        found: label,
        expected: '[0, 1] or −1',
      },
    )
  }
}

/**
 * The index of the first value that is not finite, or −1.
 *
 * @param labels - of the elements that the values belong to, where they do: values of unknown labels are not looked at.
 */
export function firstNotFinite(values: ArrayLike<number>, labels?: ArrayLike<number>): number {
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index]!) && labels?.[index] !== -1) return index
  }
  return -1
}

function checkInput(loss: string, name: string, values: ArrayLike<number>, labels?: ArrayLike<number>): void {
  const index = firstNotFinite(values, labels)
  if (index < 0) return
  const message = `input '${name}' of ${loss} is ${values[index]} at ${index}; expected a finite number`
  throw new DblossError('argument', message, { argument: name, found: values[index], expected: 'finite numbers' })
}

function checkLogits(logits: ArrayLike<number>, labels: ArrayLike<number>, classCount: number): void {
  const index = firstNotFinite(logits, labels)
  if (index < 0) return
  throw new DblossError('logits', `logits${place(index, classCount)} is ${logits[index]}; expected a finite number`, {
    argument: 'logits',
    found: logits[index],
    expected: 'a finite number, or label −1 (unknown) at that place',
  })
}

function place(index: number, classCount: number): string {
  return `[${Math.floor(index / classCount)}, ${index % classCount}]`
}
