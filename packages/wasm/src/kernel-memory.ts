import { DblossError } from '@dbloss/core'
import { LARGEST_MEMORY } from './assembly/module.ts'
import { type WasmMemory, wasmPlatform } from './assembly/runtime.ts'

const PAGE = 65536

/** The memory of a kernel: what the kernel has for itself, and above it the arrays of a batch. */
export class KernelMemory {
  readonly memory: WasmMemory
  readonly #base: number
  #next: number

  /**
   * @param base - the first address that the kernel does not use itself.
   * @param isShared - whether threads share the memory.
   */
  constructor(base: number, isShared: boolean) {
    this.#base = base
    this.#next = base
    const { Memory } = wasmPlatform()
    this.memory = new Memory({
      initial: Math.ceil((base + 1) / PAGE),
      ...(isShared ? { maximum: LARGEST_MEMORY, shared: true } : {}),
    })
  }

  /** Forgets the arrays; those that a caller has views of are not written to before the next are laid out. */
  reset(): void {
    this.#next = this.#base
  }

  /**
   * The address of room for float32, with a vector's room behind it, which loads of whole vectors may touch. The memory grows
   * by {@link provide}, once all is laid out.
   *
   * @throws DblossError `argument` beyond 4 GiB.
   */
  allocate(length: number): number {
    const address = this.#next
    const end = address + Math.ceil((length * 4) / 16) * 16 + 16
    if (end > LARGEST_MEMORY * PAGE) {
      throw new DblossError('argument', `a kernel holds 4 GiB at most; ${end} bytes are needed`, {
        argument: 'batchSize',
        found: length,
        expected: 'a batch that fits into 4 GiB with its gradient',
      })
    }
    this.#next = end
    return address
  }

  /**
   * Makes the memory as large as what was allocated needs.
   *
   * @throws DblossError `runtime` where the machine does not have it.
   */
  provide(): void {
    const missing = this.#next - this.memory.buffer.byteLength
    if (missing <= 0) return
    try {
      this.memory.grow(Math.ceil(missing / PAGE))
    } catch (cause) {
      throw new DblossError('runtime', `a kernel finds no memory for a batch: ${this.#next} bytes are needed`, {
        argument: 'batchSize',
        found: String(cause),
        expected: 'a smaller batch',
        cause,
      })
    }
  }

  floats(address: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, address, length)
  }
}
