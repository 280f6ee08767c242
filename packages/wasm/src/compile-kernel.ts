import { type Batch, checkBatch, DblossError, type Expression, type Loss, lossProgram, shapeOf } from '@dbloss/core'
import { wasmPlatform } from './assembly/runtime.ts'
import { type EmittedKernel, emitKernel, phaseName } from './kernel/emit-kernel.ts'
import type { KernelOutput } from './kernel/layout.ts'
import { KernelMemory } from './kernel-memory.ts'

/** How to compile a kernel. */
export interface KernelOptions {
  /** The number of classes; the loss fixes it where it has class vectors. */
  readonly classCount?: number
  /** `hard`: every label is 0 or 1, and none unknown, which makes kernels much faster; others are refused. Default `any`. */
  readonly labels?: 'any' | 'hard'
  /** What `evaluate` gives besides the value. Default: the gradient. */
  readonly outputs?: readonly Exclude<KernelOutput, 'value'>[]
}

/** The arrays of a batch in the memory of a kernel, row-major. */
export interface KernelArrays {
  /** [B, C] */
  readonly logits: Float32Array
  /** [B, C]; 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly labels: Float32Array
  /** [B, C], where the kernel computes it. */
  readonly gradient?: Float32Array
  /** [B, C], where the kernel computes them: the loss before reduction. */
  readonly elements?: Float32Array
  /** [B], where the kernel computes them. */
  readonly rows?: Float32Array
  /** Further inputs of the loss, each of its own extent. */
  readonly inputs: Readonly<Record<string, Float32Array>>
}

/** What `evaluate` of a kernel takes besides logits, labels and gradient. */
export interface KernelArguments {
  /** Further inputs that the loss declares. */
  readonly inputs?: Readonly<Record<string, Float32Array | Float64Array>>
  /** [B, C]; filled where the kernel computes elements. */
  readonly elements?: Float32Array | Float64Array
  /** [B]; filled where the kernel computes rows. */
  readonly rows?: Float32Array | Float64Array
}

/** A loss, compiled. */
export interface Kernel {
  readonly loss: Loss
  readonly classCount: number
  /** Bytes of the WebAssembly module. */
  readonly moduleSize: number
  /**
   * Computes the value and fills `gradient` with its derivative with respect to the logits. Arrays of {@link arrays} are used
   * where they lie; others are copied in and out.
   *
   * @throws DblossError `shape`, `logits`, `labels` as `checkBatch`, before anything is written.
   */
  evaluate(
    logits: Float32Array | Float64Array,
    labels: Float32Array | Float64Array,
    gradient?: Float32Array | Float64Array,
    further?: KernelArguments,
  ): number
  /**
   * The kernel's own arrays for batches of this size: what is written there need not be copied. They are valid until arrays of
   * another size are asked for, or a batch of another size is evaluated.
   */
  arrays(batchSize: number): KernelArrays
}

type Phase = (firstRow: number, endRow: number) => void
type Check = (logits: number, labels: number, bytes: number) => number

/**
 * Compiles a loss into one fused WebAssembly kernel with SIMD: value and gradient in one or two passes over the batch, with
 * no framework. Kernels of the same loss, number of classes and outputs share one compiled module.
 *
 * @throws DblossError `argument` when the number of classes is missing or contradicts the loss; `runtime` where WebAssembly
 * with SIMD is missing or forbidden (a content-security policy needs `wasm-unsafe-eval`).
 *
 * @example
 * const kernel = compileKernel(distributionBalancedLoss(statistics))
 * const value = kernel.evaluate(logits, labels, gradient)
 */
export function compileKernel(loss: Loss, options: KernelOptions = {}): Kernel {
  const classCount = classCountOf(loss, options.classCount)
  const { emitted, module } = compiledModule(loss, { ...options, classCount })
  return new WasmKernel(loss, emitted, module)
}

interface CompiledModule {
  readonly emitted: EmittedKernel
  readonly module: object
}

const modules = new WeakMap<Loss, Map<string, CompiledModule>>()

function compiledModule(
  loss: Loss,
  { classCount, labels = 'any', outputs = ['gradient'] }: KernelOptions & { readonly classCount: number },
): CompiledModule {
  const known = modules.get(loss) ?? new Map<string, CompiledModule>()
  modules.set(loss, known)
  const key = `${classCount} ${labels} ${[...outputs].sort().join()}`
  let result = known.get(key)
  if (result === undefined) {
    const emitted = emitKernel(lossProgram(loss, { labels }), { outputs, classCount, labels })
    result = { emitted, module: compile(emitted.bytes, loss) }
    known.set(key, result)
  }
  return result
}

function compile(bytes: Uint8Array<ArrayBuffer>, loss: Loss): object {
  const { Module } = wasmPlatform()
  try {
    return new Module(bytes)
  } catch (cause) {
    throw new DblossError('runtime', `the kernel of ${loss.name} cannot be compiled: ${String(cause)}`, {
      argument: 'loss',
      found: loss.name,
      expected: "WebAssembly with SIMD, and 'wasm-unsafe-eval' in the content-security policy if there is one",
      cause,
    })
  }
}

function classCountOf(loss: Loss, classCount = loss.classCount): number {
  if (classCount === undefined || !Number.isInteger(classCount) || classCount < 1) {
    throw new DblossError('argument', `classCount is ${classCount}; expected the number of classes of ${loss.name}`, {
      argument: 'classCount',
      found: classCount,
      expected: 'a positive integer',
    })
  }
  if (loss.classCount !== undefined && loss.classCount !== classCount) {
    throw new DblossError('argument', `classCount is ${classCount} but ${loss.name} has ${loss.classCount} classes`, {
      argument: 'classCount',
      found: classCount,
      expected: `${loss.classCount}`,
    })
  }
  return classCount
}

class WasmKernel implements Kernel {
  readonly loss: Loss
  readonly classCount: number
  readonly moduleSize: number
  readonly #emitted: EmittedKernel
  readonly #memory: KernelMemory
  readonly #phases: readonly Phase[]
  readonly #check: Check
  #batchSize = 0
  #arrays: KernelArrays | undefined

  constructor(loss: Loss, emitted: EmittedKernel, module: object) {
    this.loss = loss
    this.classCount = emitted.layout.classCount
    this.moduleSize = emitted.bytes.length
    this.#emitted = emitted
    this.#memory = new KernelMemory(emitted.layout.size)
    const { Instance } = wasmPlatform()
    const { exports } = new Instance(module, { env: { memory: this.#memory.memory } })
    this.#phases = emitted.phases.map((_, index) => exports[phaseName(index)] as Phase)
    this.#check = exports.check as Check
    for (const [node, address] of emitted.layout.fixed) {
      if (node.kind === 'classVector') this.#memory.floats(address, this.classCount).set(node.values)
    }
  }

  arrays(batchSize: number): KernelArrays {
    if (this.#batchSize === batchSize && this.#arrays !== undefined) return this.#arrays
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new DblossError('shape', `batchSize is ${batchSize}; expected a positive integer`, {
        argument: 'batchSize',
        found: batchSize,
        expected: 'a positive integer',
      })
    }
    this.#arrays = this.#layOutBatch(batchSize)
    this.#batchSize = batchSize
    return this.#arrays
  }

  evaluate(
    logits: Float32Array | Float64Array,
    labels: Float32Array | Float64Array,
    gradient?: Float32Array | Float64Array,
    { inputs = {}, elements, rows }: KernelArguments = {},
  ): number {
    const { classCount, loss } = this
    const batchSize = logits.length / classCount
    const batch: Batch = { logits, labels, batchSize, inputs }
    const hasShape = Number.isInteger(batchSize) && batchSize > 0 && labels.length === logits.length
    if (!hasShape || Object.keys(loss.inputs).length > 0) checkBatch(loss, batch)
    if (!hasShape) throw wrongColumns(logits.length, classCount)
    const results = { gradient, elements, rows }
    for (const [name, result] of Object.entries(results))
      this.#checkResult(name as keyof typeof results, result, batchSize)

    const own = this.arrays(batchSize)
    copy(logits, own.logits)
    copy(labels, own.labels)
    for (const name of Object.keys(loss.inputs)) copy(inputs[name]!, own.inputs[name]!)
    if (this.#check(own.logits.byteOffset, own.labels.byteOffset, 4 * logits.length) !== 0) {
      checkBatch(loss, batch)
      throw refused(loss, labels)
    }
    // A phase over the batch takes no rows, and ignores them.
    for (const phase of this.#phases) phase(0, batchSize)
    for (const name of ['gradient', 'elements', 'rows'] as const) {
      const result = results[name]
      if (result !== undefined) copy(own[name]!, result)
    }
    return this.#memory.floats(this.#emitted.layout.fixed.get(this.#emitted.outputs.get('value')!)!, 1)[0]!
  }

  #checkResult(name: Exclude<KernelOutput, 'value'>, result: ArrayLike<number> | undefined, batchSize: number): void {
    if (result === undefined) return
    const output = this.#emitted.outputs.get(name)
    if (output === undefined) {
      throw new DblossError('argument', `the kernel of ${this.loss.name} does not compute ${name}`, {
        argument: name,
        found: 'an array for it',
        expected: `outputs: ['${name}'] when the kernel is compiled, and a loss that has it`,
      })
    }
    const expected = batchSize * (output.extent.classes ? this.classCount : 1)
    if (result.length !== expected) {
      throw new DblossError('shape', `${name} has ${result.length} values; expected ${expected}`, {
        argument: name,
        found: result.length,
        expected: `${expected} values`,
      })
    }
  }

  /** Gives the arrays of a batch their places, and tells the module. */
  #layOutBatch(batchSize: number): KernelArrays {
    const { classCount, loss } = this
    const { layout, outputs } = this.#emitted
    const memory = this.#memory
    memory.reset()
    const elementCount = batchSize * classCount
    const lengthOf = (node: Expression): number => batchSize * (node.extent.classes ? classCount : 1)
    const addresses = new Map<string, { readonly address: number; readonly length: number }>()
    const allocate = (name: string, length: number): void => {
      addresses.set(name, { address: memory.allocate(length), length })
    }
    allocate('logits', elementCount)
    allocate('labels', elementCount)
    for (const [name, extent] of Object.entries(loss.inputs)) {
      const [rows, columns] = shapeOf(extent, batchSize, classCount)
      if (extent.batch) allocate(`input ${name}`, rows * columns)
    }
    for (const [name, node] of outputs) if (name !== 'value') allocate(`output ${name}`, lengthOf(node))
    const columns = layout.keptRows.map((node) => [node, memory.allocate(batchSize)] as const)

    // The memory has its size from here on.
    const integers = new Int32Array(memory.memory.buffer)
    const point = (key: Expression | KernelOutput, address: number): void => {
      const pointer = layout.pointers.get(key)
      if (pointer !== undefined) integers[pointer / 4] = address
    }
    for (const key of layout.pointers.keys()) {
      if (typeof key === 'string') point(key, addresses.get(`output ${key}`)?.address ?? 0)
      else if (key.kind === 'input') {
        const name = key.name === 'logits' || key.name === 'labels' ? key.name : `input ${key.name}`
        point(key, addresses.get(name)!.address)
      }
    }
    for (const [node, address] of columns) point(node, address)
    memory.floats(layout.batchSize.float, 1)[0] = batchSize
    integers[layout.batchSize.integer / 4] = batchSize

    const view = (name: string): Float32Array => {
      const { address, length } = addresses.get(name)!
      // The check reads whole vectors.
      memory.floats(address + 4 * length, 4).fill(0)
      return memory.floats(address, length)
    }
    const inputs = Object.entries(loss.inputs).map(([name, extent]) => [
      name,
      extent.batch ? view(`input ${name}`) : this.#fixedInput(name, extent.classes ? classCount : 1),
    ])
    const results = [...outputs.keys()].filter((name) => name !== 'value').map((name) => [name, view(`output ${name}`)])
    return {
      logits: view('logits'),
      labels: view('labels'),
      inputs: Object.fromEntries(inputs),
      ...Object.fromEntries(results),
    }
  }

  /** The place of an input without the batch; a place of its own where the formula does not read it. */
  #fixedInput(name: string, length: number): Float32Array {
    for (const [node, address] of this.#emitted.layout.fixed) {
      if (node.kind === 'input' && node.name === name) return this.#memory.floats(address, length)
    }
    return new Float32Array(length)
  }
}

function copy(from: Float32Array | Float64Array, to: Float32Array | Float64Array): void {
  const isSame = from.buffer === to.buffer && from.byteOffset === to.byteOffset
  if (!isSame) to.set(from)
}

function wrongColumns(length: number, classCount: number): DblossError {
  return new DblossError('shape', `logits has ${length} values, which are no rows of ${classCount} classes`, {
    argument: 'logits',
    found: length,
    expected: `a positive multiple of ${classCount}`,
  })
}

/** What `checkBatch` takes and a kernel does not. */
function refused(loss: Loss, labels: ArrayLike<number>): DblossError {
  const soft = Array.prototype.findIndex.call(labels, (label: number) => label !== 0 && label !== 1)
  if (soft >= 0) {
    return new DblossError('labels', `labels has ${labels[soft]}, but the kernel of ${loss.name} is for hard labels`, {
      argument: 'labels',
      found: labels[soft],
      expected: "0 or 1, or a kernel compiled with labels: 'any'",
    })
  }
  return new DblossError('logits', `logits of ${loss.name} are beyond float32, in which kernels compute`, {
    argument: 'logits',
    found: 'numbers beyond 3.4e38',
    expected: 'numbers that float32 has',
  })
}
