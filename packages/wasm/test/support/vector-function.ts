import { FunctionBuilder, type Local } from '../../src/assembly/function-builder.ts'
import { encodeModule } from '../../src/assembly/module.ts'
import { wasmPlatform } from '../../src/assembly/runtime.ts'
import { type Vector, Vectors } from '../../src/assembly/vectors.ts'

/** How many numbers a function takes at once. */
const BLOCK = 1 << 16

const PAGE = 65536
const BYTES = 4 * BLOCK

/** A function of vectors, on its own: `run` computes `output` from `input`. */
export interface VectorFunction {
  readonly input: Float32Array
  readonly output: Float32Array
  run(): void
}

/** Compiles one function of vectors into a loop over an array. */
export function compileVectorFunction(f: (v: Vectors, x: Vector) => Vector): VectorFunction {
  const builder = new FunctionBuilder(1)
  const v = new Vectors(builder)
  const [end] = builder.parameters as [Local<'i32'>]
  const offset = builder.local('i32')
  builder.loop(offset, end, 16, () => {
    const x = v.define((b) => b.get(offset).simd('v128.load', ...FunctionBuilder.memory()))
    const y = f(v, x)
    builder
      .get(offset)
      .get(y)
      .simd('v128.store', ...FunctionBuilder.memory(BYTES))
  })
  const { Memory, Module, Instance } = wasmPlatform()
  const memory = new Memory({ initial: (2 * BYTES) / PAGE })
  const module = new Module(encodeModule([{ name: 'map', builder }], false))
  const { exports } = new Instance(module, { env: { memory } })
  const map = exports.map as (bytes: number) => void
  return {
    input: new Float32Array(memory.buffer, 0, BLOCK),
    output: new Float32Array(memory.buffer, BYTES, BLOCK),
    run: () => map(BYTES),
  }
}
