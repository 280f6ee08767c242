import { FunctionBuilder, type Local } from '../assembly/function-builder.ts'
import { type Vector, Vectors } from '../assembly/vectors.ts'

/**
 * Writes `check(logits, labels, bytes)`: 0 where every label is in [0, 1] or −1 and every logit with a known label is finite,
 * 1 otherwise; for hard labels only 0 and 1 are right. It takes a small part of the time of a loss; what exactly is wrong is
 * then told by `checkBatch`.
 */
export function emitCheck(kind: 'any' | 'hard'): FunctionBuilder {
  const b = new FunctionBuilder(3)
  const v = new Vectors(b)
  const [logits, labels, bytes] = b.parameters as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
  const offset = b.local('i32')
  const wrong = b.local('v128')
  const load = (base: Local<'i32'>): Vector =>
    v.define(() =>
      b
        .get(base)
        .get(offset)
        .op('i32.add')
        .simd('v128.load', ...FunctionBuilder.memory()),
    )
  b.loop(offset, bytes, 16, () => {
    const [z, y] = [load(logits), load(labels)]
    b.get(v.or(wrong, kind === 'hard' ? wrongHard(v, z, y) : wrongAny(v, z, y))).set(wrong)
  })
  b.get(wrong).simd('v128.any_true')
  return b
}

/** Bits where a label is neither 0 nor 1 (`y² − y` is +0 for these only), or a logit not finite (`z − z`). */
function wrongHard(v: Vectors, z: Vector, y: Vector): Vector {
  return v.or(v.subtract(v.multiply(y, y), y), v.subtract(z, z))
}

function wrongAny(v: Vectors, z: Vector, y: Vector): Vector {
  const hasFiniteLogit = v.isLess(v.absolute(z), v.constant(Number.POSITIVE_INFINITY))
  const isInRange = v.and(v.op('f32x4.le', v.constant(0), y), v.op('f32x4.le', y, v.constant(1)))
  const isUnknown = v.op('f32x4.eq', y, v.constant(-1))
  return v.op('v128.not', v.or(isUnknown, v.and(isInRange, hasFiniteLogit)))
}
