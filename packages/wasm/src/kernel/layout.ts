import type { Expression, Phase, ReductionNode } from '@dbloss/core'
import type { KernelOutput } from '../kernel.ts'

/** Bytes of a float32, a float64, and a vector. */
export const FLOAT = 4
export const DOUBLE = 8
export const VECTOR = 16

/** Where a kernel keeps what: fixed addresses, and pointers to what grows with the batch. */
export interface Layout {
  readonly classCount: number
  /** The address of the batch size, a float32 and an int32. */
  readonly batchSize: { readonly float: number; readonly integer: number }
  /** Values without the batch: numbers (a float32) and values by class (float32, padded to whole vectors). */
  readonly fixed: ReadonlyMap<Expression, number>
  /** Values [B, C] that one loop leaves to a later loop over the same row. */
  readonly rowBuffers: ReadonlyMap<Expression, number>
  /** What reductions over the batch add up: a float64 (float32 by class for maxima, float64 by class for sums). */
  readonly totals: ReadonlyMap<ReductionNode, number>
  /** Values [B, C] and [B, 1] of the caller, and [B, 1] kept between phases: the address of their pointer. */
  readonly pointers: ReadonlyMap<Expression | KernelOutput, number>
  /** Values [B, 1] that are kept between phases. */
  readonly keptRows: readonly Expression[]
  /** Where row buffers and totals lie: what each thread has for itself. */
  readonly perThread: { readonly start: number; readonly end: number }
  /** The first address after all this. */
  readonly size: number
}

/** Lays out the memory of a schedule. */
export function layOut(
  phases: readonly Phase[],
  outputs: ReadonlyMap<KernelOutput, Expression>,
  classCount: number,
): Layout {
  let size = VECTOR
  const allocate = (bytes: number): number => {
    const address = size
    size += Math.ceil(bytes / VECTOR) * VECTOR
    return address
  }
  const padded = Math.ceil(classCount / 4) * 4
  const fixed = new Map<Expression, number>()
  const rowBuffers = new Map<Expression, number>()
  const totals = new Map<ReductionNode, number>()
  const pointers = new Map<Expression | KernelOutput, number>()
  const keptRows: Expression[] = []
  const once = <Key>(map: Map<Key, number>, key: Key, bytes: number): void => {
    if (!map.has(key)) map.set(key, allocate(bytes))
  }
  const ofThreads: (() => void)[] = []
  const isOutput = (node: Expression, name: KernelOutput): boolean => outputs.get(name) === node

  for (const name of outputs.keys()) pointers.set(name, allocate(FLOAT))
  for (const { over, reads, steps, totals: ofPhase, keeps } of phases) {
    for (const node of [...reads, ...steps.flatMap((step) => step.reads)]) {
      if (node.kind === 'input' && node.extent.batch) once(pointers, node, FLOAT)
      else if (node.kind === 'input' || node.kind === 'classVector') {
        once(fixed, node, node.extent.classes ? padded * FLOAT : FLOAT)
      }
    }
    for (const node of keeps) {
      if (over === 'batch') once(fixed, node, FLOAT)
      else if (!pointers.has(node) && !isOutput(node, 'rows')) {
        once(pointers, node, FLOAT)
        keptRows.push(node)
      }
    }
    for (const node of steps.flatMap((step) => step.keeps)) {
      if (over === 'batch') once(fixed, node, padded * FLOAT)
      else if (!isOutput(node, 'gradient') && !isOutput(node, 'elements')) {
        ofThreads.push(() => once(rowBuffers, node, padded * FLOAT))
      }
    }
    const byClass = steps.flatMap(({ reductions }) => reductions.filter(({ axis }) => axis === 'batch'))
    for (const node of ofPhase) ofThreads.push(() => once(totals, node, DOUBLE))
    for (const node of byClass) ofThreads.push(() => once(totals, node, padded * DOUBLE))
  }
  const start = size
  for (const layOutOne of ofThreads) layOutOne()
  const perThread = { start, end: size }
  const batchSize = { float: 0, integer: FLOAT }
  return { classCount, batchSize, fixed, rowBuffers, totals, pointers, keptRows, perThread, size }
}
