import type { ReductionNode } from '@dbloss/core'
import { type EmittedKernel, phaseName } from '../kernel/emit-kernel.ts'
import type { Layout } from '../kernel/layout.ts'
import type { KernelMemory } from '../kernel-memory.ts'
import type { Phase } from '../wasm-kernel.ts'
import { firstRowOf } from './control.ts'
import type { WorkerThreads } from './kernel-threads.ts'

/** From here on the work is worth waking threads for: some 0.2 ms of one. */
const LEAST_ELEMENTS = 2 ** 15

/** Shares the rows of a batch between threads, and adds up what they have. */
export class RowShares {
  readonly #threads: WorkerThreads
  readonly #emitted: EmittedKernel
  readonly #memory: KernelMemory
  readonly #kernel: number

  /** The bytes that further threads need for themselves, behind a layout. */
  static room({ perThread }: Layout, threads: WorkerThreads | undefined): number {
    return threads === undefined ? 0 : (threads.count - 1) * (perThread.end - perThread.start)
  }

  constructor(threads: WorkerThreads, emitted: EmittedKernel, module: object, memory: KernelMemory) {
    this.#threads = threads
    this.#emitted = emitted
    this.#memory = memory
    const names = emitted.phases.map((_, index) => phaseName(index))
    this.#kernel = threads.register(module, memory.memory, names, (thread) => this.#baseOf(thread))
  }

  isWorthwhile(batchSize: number): boolean {
    const { count } = this.#threads
    return count > 1 && batchSize >= count && batchSize * this.#emitted.layout.classCount >= LEAST_ELEMENTS
  }

  run(functions: readonly Phase[], batchSize: number): void {
    for (const [index, phase] of this.#emitted.phases.entries()) {
      const own = functions[index]!
      if (phase.over === 'batch') {
        own(0, 0, 0)
        continue
      }
      const end = firstRowOf(1, this.#threads.count, batchSize)
      this.#threads.run(this.#kernel, index, batchSize, () => own(0, end, 0))
      const byClass = phase.steps.flatMap(({ reductions }) => reductions.filter(({ axis }) => axis === 'batch'))
      for (const node of phase.totals) this.#combine(node, 1)
      for (const node of byClass) this.#combine(node, this.#emitted.layout.classCount)
    }
  }

  /** The addresses of a thread's own region, against those of the first thread. */
  #baseOf(thread: number): number {
    const { perThread, size } = this.#emitted.layout
    return thread === 0 ? 0 : size - perThread.start + (thread - 1) * (perThread.end - perThread.start)
  }

  /** Adds the totals of the threads to those of the first, in their order. */
  #combine(node: ReductionNode, length: number): void {
    const address = this.#emitted.layout.totals.get(node)!
    const isFloat = node.kind === 'max' && node.operand.extent.classes
    const totals = (thread: number): Float32Array | Float64Array =>
      new (isFloat ? Float32Array : Float64Array)(this.#memory.memory.buffer, address + this.#baseOf(thread), length)
    const first = totals(0)
    for (let thread = 1; thread < this.#threads.count; thread++) {
      const others = totals(thread)
      for (let index = 0; index < length; index++) {
        first[index] = node.kind === 'sum' ? first[index]! + others[index]! : Math.max(first[index]!, others[index]!)
      }
    }
  }
}
