import { isDblossError } from '@dbloss/core'
import type { ModelProto } from '@dbloss/onnx-training'
import type { Backbone } from '../backbone/backbone.ts'
import { copyComparison } from '../copies/compare-copies.ts'
import { preparedImages } from '../copies/comparison-images.ts'
import { type CopyDtype, copyInDtype } from '../copies/copy-dtype.ts'
import type { CopyWithContent } from '../copies/model-copy.ts'
import { attachHead } from '../linear-head.ts'
import type { ImageSets } from './image-sets.ts'

/**
 * Checks before work starts that a backbone with a head can be copied.
 *
 * @throws DblossError `model` as `eightBitCopy` and `halfPrecisionCopy`.
 */
export function checkCopies(copies: readonly CopyDtype[], { graph, featureCount }: Backbone): void {
  if (copies.length === 0) return
  const head = { weights: new Float32Array(featureCount), bias: new Float32Array(1), classCount: 1 }
  const model = attachHead(graph, head)
  for (const dtype of copies) copyInDtype(model, dtype)
}

/** What {@link copiesOfTrained} needs. */
export interface TrainedCopiesOptions {
  readonly backbone: Backbone
  /** Copies are compared on the validation images, or where there are none on the evaluation images. */
  readonly images: ImageSets
  readonly thresholds: readonly number[] | undefined
  readonly signal: AbortSignal | undefined
}

/**
 * Makes the copies of a trained model. One that cannot be made of the trained weights, or whose logits are not finite, is left out
 * and told in the notes: what was trained is saved all the same.
 */
export async function copiesOfTrained(
  model: ModelProto,
  dtypes: readonly CopyDtype[],
  { backbone, images: { validation, evaluation }, thresholds, signal }: TrainedCopiesOptions,
): Promise<{ readonly copies: readonly CopyWithContent[]; readonly notes: readonly string[] }> {
  if (dtypes.length === 0) return { copies: [], notes: [] }
  const compare = await copyComparison(model, {
    ort: backbone.ort,
    images: await preparedImages((validation ?? evaluation).items, backbone.prepare, signal),
    comparedOn: validation === undefined ? 'evaluation' : 'validation',
    thresholds: thresholds ?? 0,
    signal,
  })
  const copies: CopyWithContent[] = []
  const notes: string[] = []
  for (const dtype of new Set(dtypes)) {
    try {
      copies.push(await compare(dtype))
    } catch (error) {
      if (!isDblossError(error) || error.code !== 'model') throw error
      notes.push(`no ${dtype} copy is saved: ${error.message}`)
    }
  }
  return { copies, notes }
}
