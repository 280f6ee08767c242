import type { FunctionBuilder, Local, VectorOpcode } from './function-builder.ts'

/** Four numbers of 32 bits, in a local variable that is set once. */
export type Vector = Local<'v128'>

/** Four float32 at a time: every operation gives a new local variable, so that code reads like arithmetic. */
export class Vectors {
  readonly builder: FunctionBuilder
  readonly #constants = new Map<string, Vector>()

  constructor(builder: FunctionBuilder) {
    this.builder = builder
  }

  /** The same number in all lanes. */
  constant(value: number): Vector {
    return this.#constant(new Uint8Array(Float32Array.of(value, value, value, value).buffer))
  }

  /** The same bits in all lanes. */
  bits(value: number): Vector {
    return this.#constant(new Uint8Array(Int32Array.of(value, value, value, value).buffer))
  }

  /** All bits of the first lanes, none of the others. */
  laneMask(lanes: number): Vector {
    return this.#constant(new Uint8Array(Int32Array.from({ length: 4 }, (_, lane) => (lane < lanes ? -1 : 0)).buffer))
  }

  /** The vector that the instructions of `write` leave on the stack. */
  define(write: (builder: FunctionBuilder) => void): Vector {
    const result = this.builder.local('v128')
    write(this.builder)
    this.builder.set(result)
    return result
  }

  op(opcode: VectorOpcode, ...operands: readonly Vector[]): Vector {
    return this.define((builder) => {
      for (const operand of operands) builder.get(operand)
      builder.simd(opcode)
    })
  }

  add = (x: Vector, y: Vector): Vector => this.op('f32x4.add', x, y)
  subtract = (x: Vector, y: Vector): Vector => this.op('f32x4.sub', x, y)
  multiply = (x: Vector, y: Vector): Vector => this.op('f32x4.mul', x, y)
  divide = (x: Vector, y: Vector): Vector => this.op('f32x4.div', x, y)
  // By their bits: one instruction of a processor with a constant, where V8 makes the constant anew for `neg` and `abs`.
  negate = (x: Vector): Vector => this.xor(x, this.constant(-0))
  absolute = (x: Vector): Vector => this.and(x, this.bits(0x7fffffff))
  /** −|x| */
  negativeMagnitude = (x: Vector): Vector => this.or(x, this.constant(-0))
  or = (x: Vector, y: Vector): Vector => this.op('v128.or', x, y)
  xor = (x: Vector, y: Vector): Vector => this.op('v128.xor', x, y)
  and = (x: Vector, y: Vector): Vector => this.op('v128.and', x, y)
  /** x where the mask has no bits. */
  without = (x: Vector, mask: Vector): Vector => this.op('v128.andnot', x, mask)
  /** The larger; x where one of them is NaN. One instruction of a processor, where the exact maximum takes several. */
  atLeast = (x: Vector, y: Vector): Vector => this.op('f32x4.pmax', x, y)
  /** The smaller; x where one of them is NaN. */
  atMost = (x: Vector, y: Vector): Vector => this.op('f32x4.pmin', x, y)
  isLess = (x: Vector, y: Vector): Vector => this.op('f32x4.lt', x, y)
  isNegative = (x: Vector): Vector => this.isLess(x, this.constant(0))
  choose = (mask: Vector, whenTrue: Vector, whenFalse: Vector): Vector =>
    this.op('v128.bitselect', whenTrue, whenFalse, mask)
  addIntegers = (x: Vector, y: Vector): Vector => this.op('i32x4.add', x, y)
  subtractIntegers = (x: Vector, y: Vector): Vector => this.op('i32x4.sub', x, y)

  /** Shifts the bits of each lane. */
  shift(opcode: 'i32x4.shl' | 'i32x4.shr_s' | 'i32x4.shr_u', x: Vector, count: number): Vector {
    return this.define((builder) => builder.get(x).i32(count).simd(opcode))
  }

  /** `c₀ + c₁ x + c₂ x² + …` by Estrin's scheme: its parts do not wait for each other as those of Horner's rule do. */
  polynomial(x: Vector, coefficients: readonly number[]): Vector {
    return this.#estrin(
      x,
      coefficients.map((coefficient) => this.constant(coefficient)),
    )
  }

  /** Three terms are summed by Horner's rule, which needs no further square. */
  #estrin(x: Vector, terms: readonly Vector[]): Vector {
    const [first, second, third] = terms
    if (second === undefined) return first!
    if (terms.length < 4) return this.#line(x, first!, third === undefined ? second : this.#line(x, second, third))
    const pairs = terms.flatMap((term, index) => {
      const next = terms[index + 1]
      if (index % 2 === 1) return []
      return [next === undefined ? term : this.#line(x, term, next)]
    })
    return this.#estrin(this.multiply(x, x), pairs)
  }

  /** a + b x */
  #line(x: Vector, a: Vector, b: Vector): Vector {
    return this.add(this.multiply(b, x), a)
  }

  #constant(bytes: Uint8Array): Vector {
    const key = bytes.join()
    let result = this.#constants.get(key)
    if (result === undefined) {
      const created = this.builder.local('v128')
      this.builder.beforehand(() => this.builder.simd('v128.const', ...bytes).set(created))
      this.#constants.set(key, created)
      result = created
    }
    return result
  }
}
