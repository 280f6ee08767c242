import type { LabelStatistics } from '@dbloss/core'
import { measured } from '../data.ts'
import { handWrittenModule } from './hand-written-module.ts'

/** The part of WebAssembly that is used here; no library of types that is always there describes it. */
interface Platform {
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Exports }
}

interface Exports {
  readonly db_focal: (...numbers: number[]) => number
  readonly move: (...numbers: number[]) => void
}

/** The hand-written kernel with its arrays, for one size of batch. */
export interface HandWritten {
  readonly logits: Float32Array
  readonly labels: Float32Array
  readonly gradient: Float32Array
  evaluate(): number
  /** Reads and writes as much memory as a loss with its gradient, without computing it. */
  move(): void
}

/** The hand-written DB-Focal in a memory of its own; at least 4 classes. */
export function handWritten({ classCounts, sampleCount }: LabelStatistics, batchSize: number): HandWritten {
  const { alpha, beta, mu, lambda, kappa, balance } = measured
  const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Platform }).WebAssembly
  const classCount = classCounts.length
  const size = batchSize * classCount
  const page = 65_536
  // The last loads of `move` reach beyond the end.
  const bytesOf = (length: number): number => 16 * (Math.ceil(length / 4) + 1)
  const memory = new Memory({ initial: 2 + Math.ceil((3 * bytesOf(size) + 2 * bytesOf(classCount)) / page) })
  const { exports } = new Instance(new Module(Uint8Array.from(Buffer.from(handWrittenModule, 'base64'))), {
    env: { memory },
  })
  // The first page is the C program's own.
  let next = page
  const allocate = (length: number): Float32Array => {
    const array = new Float32Array(memory.buffer, next, length)
    next += bytesOf(length)
    return array
  }
  const [logits, labels, gradient] = [allocate(size), allocate(size), allocate(size)]
  const [inverse, shift] = [allocate(classCount), allocate(classCount)]
  inverse.set(classCounts.map((count) => 1 / count))
  shift.set(classCounts.map((count) => kappa * Math.log(count / (sampleCount - count))))
  const places = [logits, labels, inverse, shift, gradient].map(({ byteOffset }) => byteOffset)
  return {
    ...{ logits, labels, gradient },
    evaluate: () => exports.db_focal(batchSize, classCount, ...places, alpha, beta, mu, lambda, balance),
    move: () => exports.move(size, logits.byteOffset, labels.byteOffset, gradient.byteOffset),
  }
}
