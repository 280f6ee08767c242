import { DblossError } from '@dbloss/core'
import { eightBitCopy, halfPrecisionCopy, type ModelProto } from '@dbloss/onnx-training'
import { type BackboneDtype, fileSuffixes } from '../backbone/model-files.ts'

/** The precision of a copy of a saved model, by its name in transformers.js: weights of 8 bits, or float16. */
export type CopyDtype = Exclude<BackboneDtype, 'fp32'>

const conversions = { q8: eightBitCopy, fp16: halfPrecisionCopy } as const satisfies Readonly<
  Record<CopyDtype, (model: ModelProto) => ModelProto>
>

/** The precisions that copies can have. */
export const copyDtypes: readonly CopyDtype[] = ['q8', 'fp16']

/**
 * Checks a choice of copies.
 *
 * @throws DblossError `argument` for precisions that copies cannot have.
 */
export function checkCopyDtypes(copies: readonly CopyDtype[]): void {
  const unknown = copies.find((dtype) => !copyDtypes.includes(dtype))
  if (unknown === undefined) return
  const expected = copyDtypes.join(', ')
  throw new DblossError('argument', `copies has ${String(unknown)}; expected some of ${expected}`, {
    argument: 'copies',
    found: unknown,
    expected,
  })
}

/** Where transformers.js looks for the copy of a model, relative to its folder. */
export function copyFile(dtype: CopyDtype): string {
  return `onnx/model${fileSuffixes[dtype]}.onnx`
}

/**
 * A copy of a model.
 *
 * @throws DblossError `model` as `eightBitCopy` and `halfPrecisionCopy` of `@dbloss/onnx-training`.
 */
export function copyInDtype(model: ModelProto, dtype: CopyDtype): ModelProto {
  return conversions[dtype](model)
}
