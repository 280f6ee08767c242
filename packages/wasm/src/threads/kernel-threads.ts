import { DblossError } from '@dbloss/core'
import type { WasmMemory } from '../assembly/runtime.ts'
import { WORDS, word } from './control.ts'
import { availableThreads, type KernelWorker, startWorker } from './start-worker.ts'

/** Threads that share the rows of large batches; started by {@link startKernelThreads}, and for any number of kernels. */
export interface KernelThreads {
  /** Together with the thread that calls. */
  readonly count: number
  /** Ends the workers; their kernels then refuse batches that are large enough to be shared. */
  dispose(): Promise<void>
}

/** More than these seldom help: the memory is as fast as it is. */
const MOST_THREADS = 8
/** How long a worker may take beyond twenty times the time of the caller's own share, in milliseconds. */
const LONGEST_WAIT = 30_000
/** How long the caller looks at the word itself before it sleeps, where it may. */
const SPINS = 20_000

/** The workers of {@link KernelThreads}, as kernels see them. */
export class WorkerThreads implements KernelThreads {
  readonly count: number
  readonly #workers: readonly KernelWorker[]
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * WORDS))
  #isDisposed = false

  constructor(workers: readonly KernelWorker[]) {
    this.#workers = workers
    this.count = workers.length + 1
    for (const [index, worker] of workers.entries()) {
      worker.postMessage({ control: this.#control, thread: index + 1, threadCount: this.count })
    }
  }

  /**
   * Makes a kernel ready in every worker.
   *
   * @param baseOf - what each thread adds to the addresses of its own region.
   * @returns its number.
   */
  register(module: object, memory: WasmMemory, phases: readonly string[], baseOf: (thread: number) => number): number {
    this.#checkLive()
    for (const [index, worker] of this.#workers.entries()) {
      worker.postMessage({ module, memory, phases, base: baseOf(index + 1) })
    }
    return Atomics.add(this.#control, word.kernels, 1)
  }

  /** Runs a phase over the rows of a batch in all threads; `own` is the share of the caller. */
  run(kernel: number, phase: number, rows: number, own: () => void): void {
    this.#checkLive()
    const control = this.#control
    control[word.kernel] = kernel
    control[word.phase] = phase
    control[word.rows] = rows
    Atomics.store(control, word.done, 0)
    Atomics.add(control, word.command, 1)
    Atomics.notify(control, word.command)
    const started = performance.now()
    own()
    this.#await(LONGEST_WAIT + 20 * (performance.now() - started))
    if (Atomics.exchange(control, word.failed, 0) === 0) return
    throw new DblossError('runtime', 'a thread of the kernel has failed; its results are lost')
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  /** @param limit - milliseconds, after which a worker is taken to be lost. */
  #await(limit: number): void {
    const control = this.#control
    const expected = this.#workers.length
    const started = performance.now()
    for (let spin = 1; ; spin++) {
      const done = Atomics.load(control, word.done)
      if (done === expected) return
      if (spin % SPINS === 0 && performance.now() - started > limit) break
      if (spin >= SPINS && maySleep) Atomics.wait(control, word.done, done, 10)
    }
    this.#isDisposed = true
    throw new DblossError('runtime', 'a thread of the kernel does not answer; its results are lost', {
      argument: 'threads',
      found: `no answer in ${Math.round(limit / 1000)} s`,
      expected: 'threads that run',
    })
  }

  #checkLive(): void {
    if (!this.#isDisposed) return
    throw new DblossError('runtime', 'the threads of this kernel are disposed of', {
      argument: 'threads',
      found: 'disposed threads',
      expected: 'threads that were started and not disposed of, or a kernel without them',
    })
  }
}

/** The main thread of a page must not sleep. */
const maySleep = !('document' in globalThis)

/**
 * Starts threads for kernels: `compileKernel(loss, { threads })`. Batches of some ten thousand elements and more are then
 * computed by all of them together, and the values are the same at every run with the same number of threads.
 *
 * Needs `SharedArrayBuffer`; a page has it when it is served with `Cross-Origin-Opener-Policy: same-origin` and
 * `Cross-Origin-Embedder-Policy: require-corp`, and a content-security policy has to allow `worker-src blob:`.
 *
 * @param count - threads together with the calling one. Default: as many as the machine runs at a time, 8 at most.
 * @throws DblossError `argument` for a count that is no positive integer, `runtime` where memory cannot be shared.
 */
export async function startKernelThreads(count?: number): Promise<KernelThreads> {
  if (count !== undefined && (!Number.isInteger(count) || count < 1)) {
    throw new DblossError('argument', `count is ${count}; expected a positive integer`, {
      argument: 'count',
      found: count,
      expected: 'a positive integer',
    })
  }
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new DblossError('runtime', 'memory cannot be shared between threads here', {
      argument: 'platform',
      found: 'no SharedArrayBuffer',
      expected: 'Node, or a page that is cross-origin isolated',
    })
  }
  const all = count ?? Math.min(MOST_THREADS, await availableThreads())
  return new WorkerThreads(await Promise.all(Array.from({ length: all - 1 }, startWorker)))
}
