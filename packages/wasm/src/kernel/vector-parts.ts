import type { FunctionBuilder as Builder } from '../assembly/function-builder.ts'
import type { Vector } from '../assembly/vectors.ts'

/** Adds the lower two float32 on the stack to the two float64 below them. */
export function addDouble(builder: Builder): Builder {
  return builder.simd('f64x2.promote_low_f32x4').simd('f64x2.add')
}

/** Pushes a vector with its upper half below. */
export function upperHalf(builder: Builder, value: Vector): Builder {
  return builder
    .get(value)
    .get(value)
    .simd('i8x16.shuffle', ...laneBytes([2, 3, 0, 1]))
}

/** The bytes of a shuffle of whole lanes. */
export function laneBytes(lanes: readonly number[]): number[] {
  return lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))
}
