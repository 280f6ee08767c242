import { DblossError } from '@dbloss/core'
import { workerSource } from './worker-source.ts'

/** A worker of a browser or of Node. */
export interface KernelWorker {
  postMessage(message: object): void
  terminate(): unknown
}

type PageWorker = KernelWorker & {
  addEventListener(type: 'message' | 'error', listener: (event: { readonly message?: string }) => void): void
}

/** What a page has for starting workers from text. */
interface Page {
  readonly Worker?: new (url: string) => PageWorker
  readonly Blob: new (parts: readonly string[], options: { readonly type: string }) => object
  readonly URL: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void }
}

/**
 * Starts a worker with the program of {@link workerSource}, and waits until it has answered a message. Before that a browser
 * keeps messages back until the caller's thread is idle, which it is not while it waits for workers.
 *
 * @throws DblossError `runtime` where it cannot be started.
 */
export async function startWorker(): Promise<KernelWorker> {
  try {
    return (globalThis as { readonly Worker?: unknown }).Worker === undefined ? await nodeWorker() : await pageWorker()
  } catch (cause) {
    throw new DblossError('runtime', `a thread for kernels cannot be started: ${String(cause)}`, {
      argument: 'platform',
      found: String(cause),
      expected: 'Node from 20.16, or a page whose content-security policy allows worker-src blob:',
      cause,
    })
  }
}

/** How many threads the machine runs at a time. */
export async function availableThreads(): Promise<number> {
  const { navigator } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number } }
  if (navigator?.hardwareConcurrency !== undefined) return navigator.hardwareConcurrency
  return process.getBuiltinModule('node:os').availableParallelism()
}

/** A thread of Node that does not keep the process alive. An import would be followed by bundlers for browsers. */
async function nodeWorker(): Promise<KernelWorker> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(workerSource, { eval: true })
  await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject).postMessage({ hello: true })
  })
  worker.unref()
  return worker
}

async function pageWorker(): Promise<KernelWorker> {
  const { Worker, Blob, URL } = globalThis as unknown as Page & { readonly Worker: NonNullable<Page['Worker']> }
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  try {
    const worker = new Worker(url)
    await new Promise((resolve, reject) => {
      worker.addEventListener('message', resolve)
      worker.postMessage({ hello: true })
      worker.addEventListener('error', ({ message }) => reject(new Error(message ?? 'its program was not loaded')))
    })
    return worker
  } finally {
    URL.revokeObjectURL(url)
  }
}
