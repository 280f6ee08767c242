import type { Adapter } from '@dbloss/core'
import { type GraphPrecision, onnxAdapter } from '@dbloss/onnx-training'
import { transformersRuntime } from './runtime.ts'

/** Options of {@link transformersAdapter}. */
export interface TransformersAdapterOptions {
  /** Default `float32`. */
  readonly precision?: GraphPrecision
}

/**
 * transformers.js as a target of every loss: ONNX graphs in the runtime that it has loaded.
 *
 * @throws DblossError `runtime` as {@link transformersRuntime}.
 */
export async function transformersAdapter({
  precision = 'float32',
}: TransformersAdapterOptions = {}): Promise<Adapter> {
  const ort = await transformersRuntime()
  return onnxAdapter({ ort, precision, name: `transformers.js-${precision}` })
}
