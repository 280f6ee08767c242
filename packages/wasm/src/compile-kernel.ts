import { DblossError, type Loss, lossProgram } from '@dbloss/core'
import { wasmPlatform } from './assembly/runtime.ts'
import { type EmittedKernel, emitKernel } from './kernel/emit-kernel.ts'
import type { Kernel, KernelOptions } from './kernel.ts'
import type { KernelThreads, WorkerThreads } from './threads/kernel-threads.ts'
import { WasmKernel } from './wasm-kernel.ts'

/**
 * Compiles a loss into one fused WebAssembly kernel with SIMD: value and gradient in one or two passes over the batch, with
 * no framework. Kernels of the same loss, number of classes and outputs share one compiled module.
 *
 * @throws DblossError `argument` when the number of classes is missing or contradicts the loss; `runtime` where WebAssembly
 * with SIMD is missing or forbidden (a content-security policy needs `wasm-unsafe-eval`); `compileJavaScriptKernel` is the
 * way without.
 *
 * @example
 * const kernel = compileKernel(distributionBalancedLoss(statistics))
 * const value = kernel.evaluate(logits, labels, gradient)
 */
export function compileKernel(loss: Loss, options: KernelOptions = {}): Kernel {
  const classCount = classCountOf(loss, options.classCount)
  const { emitted, module } = compiledModule(loss, { ...options, classCount })
  return new WasmKernel(loss, emitted, module, workersOf(options.threads))
}

/** Threads are recognised by what they can do: two copies of this package may meet. */
function workersOf(threads: KernelThreads | undefined): WorkerThreads | undefined {
  if (threads === undefined || 'register' in threads) return threads as WorkerThreads | undefined
  throw new DblossError('argument', 'threads are not those of startKernelThreads', {
    argument: 'threads',
    found: typeof threads,
    expected: 'await startKernelThreads()',
  })
}

interface CompiledModule {
  readonly emitted: EmittedKernel
  readonly module: object
}

const modules = new WeakMap<Loss, Map<string, CompiledModule>>()

function compiledModule(
  loss: Loss,
  { classCount, labels = 'any', outputs = ['gradient'], threads }: KernelOptions & { readonly classCount: number },
): CompiledModule {
  const known = modules.get(loss) ?? new Map<string, CompiledModule>()
  modules.set(loss, known)
  const isShared = threads !== undefined
  const key = `${classCount} ${labels} ${isShared} ${[...outputs].sort().join()}`
  let result = known.get(key)
  if (result === undefined) {
    const emitted = emitKernel(lossProgram(loss, { labels }), { outputs, classCount, labels, isShared })
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
      expected:
        "WebAssembly with SIMD, and 'wasm-unsafe-eval' in the content-security policy if there is one; else compileJavaScriptKernel",
      cause,
    })
  }
}

/**
 * The number of classes of a kernel.
 *
 * @throws DblossError `argument` when it is missing, is no positive integer, or contradicts the loss.
 */
export function classCountOf(loss: Loss, classCount = loss.classCount): number {
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
