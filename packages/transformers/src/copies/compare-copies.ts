import { DblossError } from '@dbloss/core'
import {
  encodeModel,
  LARGEST_HALF,
  largestProductOutput,
  type ModelProto,
  type Ort,
  withLargestProduct,
} from '@dbloss/onnx-training'
import { type PixelValues, runsOfOneSize, stack } from '../features/pixel-values.ts'
import { firstLineOf } from '../first-line.ts'
import { type CopyDtype, copyFile, copyInDtype } from './copy-dtype.ts'
import type { ComparedOn, CopyComparison, CopyWithContent } from './model-copy.ts'

/** Images that go through a model together. */
const batchSize = 8

/** What {@link copyComparison} needs. */
export interface ComparisonOptions {
  readonly ort: Ort
  /** Prepared images, at least one. */
  readonly images: readonly PixelValues[]
  readonly comparedOn: ComparedOn
  /** A label is given where its logit is above this: one number, or one a class. */
  readonly thresholds: number | readonly number[]
  readonly signal?: AbortSignal | undefined
}

/** Makes a copy of a model and compares it with the model. */
export type CompareCopy = (dtype: CopyDtype) => Promise<CopyWithContent>

/**
 * Runs a model on images, to compare copies of it on the same.
 *
 * @throws DblossError `model` when the model cannot be run or its logits are not finite; the function that it gives, when the copy
 * cannot be made or run, when its logits are not finite, and when numbers in it grow beyond what float16 holds.
 */
export async function copyComparison(model: ModelProto, options: ComparisonOptions): Promise<CompareCopy> {
  const bytes = encodeModel(model)
  const expected = await logitsOf(bytes, 'the model', options)
  return async (dtype) => {
    const copy = copyInDtype(model, dtype)
    const content = encodeModel(copy)
    const logits = await logitsOf(content, `the ${dtype} copy`, options)
    if (dtype === 'fp16') await checkRange(copy, options)
    const sizes = { bytes: content.length, modelBytes: bytes.length }
    return { dtype, file: copyFile(dtype), ...sizes, ...comparison(expected, logits, options), content }
  }
}

function comparison(
  expected: Float32Array,
  logits: Float32Array,
  { images, comparedOn, thresholds }: ComparisonOptions,
): CopyComparison {
  const classCount = expected.length / images.length
  const limitOf = (index: number) => (typeof thresholds === 'number' ? thresholds : thresholds[index % classCount]!)
  let [largest, sum, same] = [0, 0, 0]
  for (const [index, logit] of expected.entries()) {
    const difference = Math.abs(logit - logits[index]!)
    largest = Math.max(largest, difference)
    sum += difference
    if (logit > limitOf(index) === logits[index]! > limitOf(index)) same++
  }
  return {
    comparedOn,
    images: images.length,
    maxLogitDifference: largest,
    meanLogitDifference: sum / expected.length,
    agreement: same / expected.length,
  }
}

/** The logits of images, row-major [images.length, classes]. */
async function logitsOf(bytes: Uint8Array, name: string, options: ComparisonOptions): Promise<Float32Array> {
  const logits = await outputsOf(bytes, name, 'logits', options)
  const wrong = logits.find((value) => !Number.isFinite(value))
  if (wrong === undefined) return logits
  throw failure(`${name} gives a logit of ${wrong}`, 'finite logits')
}

async function checkRange(copy: ModelProto, options: ComparisonOptions): Promise<void> {
  const sizes = await outputsOf(encodeModel(withLargestProduct(copy)), 'the fp16 copy', largestProductOutput, options)
  const wrong = sizes.find((value) => !(value <= LARGEST_HALF))
  if (wrong === undefined) return
  const problem = `numbers in the fp16 copy grow to ${wrong.toPrecision(3)} on these images`
  throw failure(problem, `at most ${LARGEST_HALF}, the largest number of float16; take the q8 copy`)
}

/**
 * An output for all images, batch after batch.
 *
 * @param name what messages call the model.
 */
async function outputsOf(
  bytes: Uint8Array,
  name: string,
  output: string,
  { ort, images, signal }: ComparisonOptions,
): Promise<Float32Array> {
  const values: number[] = []
  const session = await ort.InferenceSession.create(bytes).catch((error: unknown) => {
    throw failure(`${name} cannot be loaded by ONNX Runtime: ${firstLineOf(error)}`, 'a graph that it runs', error)
  })
  try {
    for (let start = 0; start < images.length; start += batchSize) {
      for (const run of runsOfOneSize(images.slice(start, start + batchSize))) {
        signal?.throwIfAborted()
        const { data, dims } = stack(run)
        const { [output]: given } = await session.run({ pixel_values: new ort.Tensor('float32', data, dims) })
        if (given === undefined) throw failure(`${name} has no output ${output}`, 'a classifier: pixel_values → logits')
        // One by one: a call takes no more arguments than the stack has room for.
        for (const value of given.data as Float32Array) values.push(value)
      }
    }
  } finally {
    await session.release?.()
  }
  return Float32Array.from(values)
}

function failure(found: string, expected: string, cause?: unknown): DblossError {
  return new DblossError('model', `${found}; expected ${expected}`, { argument: 'copies', found, expected, cause })
}
