import type { ElementTypeName } from './onnx/index.ts'
import type { OrtElementType } from './ort.ts'

/** The arithmetic of a graph. float64 runs on the CPU and in WebAssembly. */
export type GraphPrecision = 'float32' | 'float64'

/** The names that a precision has in the format and in the runtime, and its array. */
export const precisions = {
  float32: { element: 'float', tensor: 'float32', array: Float32Array },
  float64: { element: 'double', tensor: 'float64', array: Float64Array },
} as const satisfies Readonly<
  Record<GraphPrecision, { element: ElementTypeName; tensor: OrtElementType; array: unknown }>
>

/** The values in the array type of the precision; the same array where it has that type already. */
export function toPrecision(values: ArrayLike<number>, precision: GraphPrecision): Float32Array | Float64Array {
  const { array } = precisions[precision]
  return values instanceof array ? values : array.from(values)
}
