import { checkBatch, type Loss } from '@dbloss/core'
import { wasmPlatform } from './assembly/runtime.ts'
import { layOutBatch } from './batch-arrays.ts'
import { checkBatchSize, checkOutside, checkResult, checkShapes, refused } from './check-kernel-batch.ts'
import { type EmittedKernel, phaseName } from './kernel/emit-kernel.ts'
import type { Kernel, KernelArguments, KernelArrays } from './kernel.ts'
import { KernelMemory } from './kernel-memory.ts'
import type { WorkerThreads } from './threads/kernel-threads.ts'
import { RowShares } from './threads/row-shares.ts'

type Floats = Float32Array | Float64Array
/** The function of a phase. */
export type Phase = (firstRow: number, endRow: number, base: number) => void
type Check = (logits: number, labels: number, bytes: number) => number

const nothing: KernelArguments = {}
const noInputs = {}

/** A compiled module with a memory of its own. */
export class WasmKernel implements Kernel {
  readonly loss: Loss
  readonly classCount: number
  readonly moduleSize: number
  readonly #emitted: EmittedKernel
  readonly #inputNames: readonly string[]
  readonly #memory: KernelMemory
  readonly #phases: readonly Phase[]
  readonly #check: Check
  readonly #shares: RowShares | undefined
  #batchSize = 0
  #arrays: KernelArrays | undefined
  /** Where the value arrives; made anew when the memory grows. */
  #value: Float32Array | undefined

  /** @param threads - share the rows of large batches. */
  constructor(loss: Loss, emitted: EmittedKernel, module: object, threads?: WorkerThreads) {
    this.loss = loss
    this.classCount = emitted.layout.classCount
    this.moduleSize = emitted.bytes.length
    this.#emitted = emitted
    this.#inputNames = Object.keys(loss.inputs)
    const { layout, phases } = emitted
    const size = layout.size + RowShares.room(layout, threads)
    this.#memory = new KernelMemory(size, threads !== undefined)
    const { Instance } = wasmPlatform()
    const { exports } = new Instance(module, { env: { memory: this.#memory.memory } })
    this.#phases = phases.map((_, index) => exports[phaseName(index)] as Phase)
    this.#check = exports.check as Check
    if (threads !== undefined) this.#shares = new RowShares(threads, emitted, module, this.#memory)
    for (const [node, address] of layout.fixed) {
      if (node.kind === 'classVector') this.#memory.floats(address, this.classCount).set(node.values)
    }
  }

  arrays(batchSize: number): KernelArrays {
    if (this.#batchSize === batchSize && this.#arrays !== undefined) return this.#arrays
    checkBatchSize(batchSize)
    const { layout, outputs } = this.#emitted
    this.#batchSize = 0
    this.#arrays = layOutBatch(this.#memory, this.#emitted, this.loss, batchSize)
    this.#value = this.#memory.floats(layout.fixed.get(outputs.get('value')!)!, 1)
    this.#batchSize = batchSize
    return this.#arrays
  }

  evaluate(logits: Floats, labels: Floats, gradient?: Floats, further: KernelArguments = nothing): number {
    const { classCount, loss } = this
    const { outputs } = this.#emitted
    const { inputs = noInputs, elements, rows } = further
    const batchSize = checkShapes(loss, classCount, logits, labels, inputs)
    checkResult(loss, outputs, 'gradient', gradient, batchSize, classCount)
    checkResult(loss, outputs, 'elements', elements, batchSize, classCount)
    checkResult(loss, outputs, 'rows', rows, batchSize, classCount)

    if (batchSize !== this.#batchSize) {
      const given = [logits, labels, gradient, elements, rows, ...Object.values<Floats>(inputs)]
      checkOutside(this.#memory.memory.buffer, given, batchSize)
    }
    const own = this.arrays(batchSize)
    copy(logits, own.logits)
    copy(labels, own.labels)
    for (const name of this.#inputNames) copy(further.inputs![name]!, own.inputs[name]!)
    if (this.#check(own.logits.byteOffset, own.labels.byteOffset, 4 * logits.length) !== 0) {
      checkBatch(loss, { logits, labels, batchSize, inputs })
      throw refused(loss, labels)
    }
    if (this.#shares?.isWorthwhile(batchSize)) this.#shares.run(this.#phases, batchSize)
    // A phase over the batch takes no rows, and ignores them.
    else for (const phase of this.#phases) phase(0, batchSize, 0)
    if (gradient !== undefined) copy(own.gradient!, gradient)
    if (elements !== undefined) copy(own.elements!, elements)
    if (rows !== undefined) copy(own.rows!, rows)
    return this.#value![0]!
  }
}

function copy(from: Floats, to: Floats): void {
  if (from === to || (from.buffer === to.buffer && from.byteOffset === to.byteOffset)) return
  to.set(from)
}
