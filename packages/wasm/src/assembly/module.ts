import { name, unsigned, vector } from './encoding.ts'
import { type FunctionBuilder, valueTypes } from './function-builder.ts'

/** A function of a module: it takes numbers of 32 bits. */
export interface ModuleFunction {
  readonly name: string
  readonly builder: FunctionBuilder
  /** Whether it returns a number of 32 bits. Default false. */
  readonly returns?: boolean
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
/** The most pages of a shared memory, which has to name a limit: 4 GiB. */
export const LARGEST_MEMORY = 65536

/**
 * A WebAssembly module that imports `env.memory` and exports functions (specification, section 5.5).
 *
 * @param isShared - whether threads share the memory.
 */
export function encodeModule(functions: readonly ModuleFunction[], isShared: boolean): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content]
  const types = functions.map(({ builder, returns = false }) => [
    0x60,
    ...vector(builder.parameters.map(() => [valueTypes.i32])),
    ...vector(returns ? [[valueTypes.i32]] : []),
  ])
  const limits = isShared ? [0x03, 1, ...unsigned(LARGEST_MEMORY)] : [0x00, 1]
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(1, vector(types)),
    ...section(2, vector([[...name('env'), ...name('memory'), 0x02, ...limits]])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(functions.map((entry, index) => [...name(entry.name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(functions.map(({ builder }) => builder.encode()))),
  ])
}
