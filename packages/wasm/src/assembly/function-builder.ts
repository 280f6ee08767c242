import { signed, unsigned } from './encoding.ts'

/** The types of values, by their byte in the binary format. */
export const valueTypes = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const
export type ValueType = keyof typeof valueTypes

/** A local variable of the function that is being written. */
export interface Local<Type extends ValueType = ValueType> {
  readonly type: Type
  readonly index: number
}

/** Opcodes with one byte. */
export const opcodes = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br_if: 0x0d,
  select: 0x1b,
  'local.get': 0x20,
  'local.set': 0x21,
  'i32.load': 0x28,
  'f64.load': 0x2b,
  'f64.store': 0x39,
  'i32.const': 0x41,
  'f64.const': 0x44,
  'i32.eqz': 0x45,
  'i32.lt_u': 0x49,
  'i32.ge_u': 0x4f,
  'i32.add': 0x6a,
  'i32.mul': 0x6c,
  'f64.max': 0xa5,
  'f64.add': 0xa0,
  'f32.demote_f64': 0xb6,
  'f64.promote_f32': 0xbb,
} as const

/** Vector instructions, after the byte 0xfd. */
export const vectorOpcodes = {
  'v128.load': 0x00,
  'v128.load32_splat': 0x09,
  'v128.store': 0x0b,
  'v128.const': 0x0c,
  'i8x16.shuffle': 0x0d,
  'f32x4.splat': 0x13,
  'f32x4.extract_lane': 0x1f,
  'f64x2.extract_lane': 0x21,
  'f32x4.eq': 0x41,
  'f32x4.lt': 0x43,
  'f32x4.le': 0x45,
  'f32x4.ge': 0x46,
  'v128.not': 0x4d,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'v128.bitselect': 0x52,
  'v128.any_true': 0x53,
  'v128.load32_lane': 0x56,
  'v128.store32_lane': 0x5a,
  'v128.load32_zero': 0x5c,
  'f32x4.demote_f64x2_zero': 0x5e,
  'f64x2.promote_low_f32x4': 0x5f,
  'f32x4.nearest': 0x6a,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'f32x4.sqrt': 0xe3,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.min': 0xe8,
  'f32x4.max': 0xe9,
  'f32x4.pmin': 0xea,
  'f32x4.pmax': 0xeb,
  'f64x2.add': 0xf0,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'f32x4.convert_i32x4_s': 0xfa,
} as const

export type Opcode = keyof typeof opcodes
export type VectorOpcode = keyof typeof vectorOpcodes

const EMPTY_BLOCK = 0x40

/** Writes the body of one function, instruction by instruction. */
export class FunctionBuilder {
  readonly parameters: readonly Local<'i32'>[]
  /** Constants that are set once, before the body. */
  readonly #prologue: number[] = []
  #code: number[] = []
  readonly #locals: ValueType[] = []

  constructor(parameterCount: number) {
    this.parameters = Array.from({ length: parameterCount }, (_, index) => ({ type: 'i32', index }))
  }

  /** A new local variable, zero at first. */
  local<Type extends ValueType>(type: Type): Local<Type> {
    this.#locals.push(type)
    return { type, index: this.parameters.length + this.#locals.length - 1 }
  }

  get(local: Local): this {
    return this.op('local.get', ...unsigned(local.index))
  }

  set(local: Local): this {
    return this.op('local.set', ...unsigned(local.index))
  }

  op(opcode: Opcode, ...immediates: readonly number[]): this {
    this.#code.push(opcodes[opcode], ...immediates)
    return this
  }

  simd(opcode: VectorOpcode, ...immediates: readonly number[]): this {
    this.#code.push(0xfd, ...unsigned(vectorOpcodes[opcode]), ...immediates)
    return this
  }

  i32(value: number): this {
    return this.op('i32.const', ...signed(value))
  }

  f64(value: number): this {
    return this.op('f64.const', ...new Uint8Array(Float64Array.of(value).buffer))
  }

  /** The immediates of a load or a store: alignment (a hint; 4 bytes) and offset. */
  static memory(offset = 0): number[] {
    return [2, ...unsigned(offset)]
  }

  /** Runs `write` into the prologue. */
  beforehand(write: () => void): void {
    const code = this.#code
    this.#code = this.#prologue
    write()
    this.#code = code
  }

  /** `for (; counter < end; counter += step) body()`, with a first look at the condition. */
  loop(counter: Local<'i32'>, end: Local<'i32'> | number, step: number, body: () => void): void {
    const pushEnd = () => (typeof end === 'number' ? this.i32(end) : this.get(end))
    this.op('block', EMPTY_BLOCK)
    this.get(counter)
    pushEnd().op('i32.ge_u').op('br_if', 0)
    this.op('loop', EMPTY_BLOCK)
    body()
    this.get(counter).i32(step).op('i32.add').set(counter)
    this.get(counter)
    pushEnd().op('i32.lt_u').op('br_if', 0)
    this.op('end').op('end')
  }

  /** The code entry of the module: locals and instructions, with their length. */
  encode(): number[] {
    const locals = this.#locals.map((type) => [1, valueTypes[type]])
    const body = [...unsigned(locals.length), ...locals.flat(), ...this.#prologue, ...this.#code, opcodes.end]
    return [...unsigned(body.length), ...body]
  }
}
