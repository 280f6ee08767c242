import { checkBatch, DblossError, type Expression, type Loss } from '@dbloss/core'
import type { KernelArguments, KernelArrayOutput } from './kernel.ts'

type Floats = Float32Array | Float64Array

/** Outputs of a kernel, as its program has them. */
type Outputs = ReadonlyMap<string, Expression>

/**
 * The number of rows of a batch whose shapes are right.
 *
 * @throws DblossError `shape` as {@link checkBatch}.
 */
export function checkShapes(
  loss: Loss,
  classCount: number,
  logits: Floats,
  labels: Floats,
  inputs: NonNullable<KernelArguments['inputs']>,
): number {
  const batchSize = logits.length / classCount
  const hasShape = Number.isInteger(batchSize) && batchSize > 0 && labels.length === logits.length
  if (!hasShape || hasInputs(loss)) checkBatch(loss, { logits, labels, batchSize, inputs })
  if (hasShape) return batchSize
  throw new DblossError('shape', `logits has ${logits.length} values, which are no rows of ${classCount} classes`, {
    argument: 'logits',
    found: logits.length,
    expected: `a positive multiple of ${classCount}`,
  })
}

function hasInputs({ inputs }: Loss): boolean {
  for (const _ in inputs) return true
  return false
}

/** @throws DblossError `shape` for a batch without rows. */
export function checkBatchSize(batchSize: number): void {
  if (Number.isInteger(batchSize) && batchSize > 0) return
  throw new DblossError('shape', `batchSize is ${batchSize}; expected a positive integer`, {
    argument: 'batchSize',
    found: batchSize,
    expected: 'a positive integer',
  })
}

/**
 * Checks an array that is to be filled.
 *
 * @throws DblossError `argument` for an output that the kernel does not compute, `shape` for another size.
 */
export function checkResult(
  loss: Loss,
  outputs: Outputs,
  name: KernelArrayOutput,
  result: ArrayLike<number> | undefined,
  batchSize: number,
  classCount: number,
): void {
  if (result === undefined) return
  const output = outputs.get(name)
  if (output === undefined) {
    throw new DblossError('argument', `the kernel of ${loss.name} does not compute ${name}`, {
      argument: name,
      found: 'an array for it',
      expected: `outputs: ['${name}'] when the kernel is compiled, and a loss that has it`,
    })
  }
  const expected = batchSize * (output.extent.classes ? classCount : 1)
  if (result.length === expected) return
  throw new DblossError('shape', `${name} has ${result.length} values; expected ${expected}`, {
    argument: name,
    found: result.length,
    expected: `${expected} values`,
  })
}

/**
 * Checks that no array lies in the memory of a kernel, before the arrays of another batch size are laid out over it.
 *
 * @throws DblossError `argument`.
 */
export function checkOutside(memory: ArrayBuffer, arrays: readonly (Floats | undefined)[], batchSize: number): void {
  if (!arrays.some((array) => array?.buffer === memory)) return
  throw new DblossError('argument', `a batch of ${batchSize} rows lies in the kernel's arrays of another batch size`, {
    argument: 'logits, labels, outputs or inputs',
    found: 'arrays of another batch size',
    expected: `arrays(${batchSize}) of the kernel, or arrays of your own`,
  })
}

/** Why a kernel refuses labels or logits that `checkBatch` takes. */
export function refused(loss: Loss, labels: ArrayLike<number>): DblossError {
  const soft = Array.prototype.findIndex.call(labels, (label: number) => label !== 0 && label !== 1)
  if (soft >= 0) {
    return new DblossError('labels', `labels has ${labels[soft]}, but the kernel of ${loss.name} is for hard labels`, {
      argument: 'labels',
      found: labels[soft],
      expected: "0 or 1, or a kernel compiled with labels: 'any'",
    })
  }
  return new DblossError('logits', `logits of ${loss.name} are beyond float32, in which kernels compute`, {
    argument: 'logits',
    found: 'numbers beyond 3.4e38',
    expected: 'numbers that float32 has',
  })
}
