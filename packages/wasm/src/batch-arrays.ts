import { type Expression, type Loss, shapeOf } from '@dbloss/core'
import type { EmittedKernel } from './kernel/emit-kernel.ts'
import type { KernelArrays, KernelOutput } from './kernel.ts'
import type { KernelMemory } from './kernel-memory.ts'

/** Gives the arrays of a batch their places in the memory of a kernel, and tells the kernel where they are. */
export function layOutBatch(
  memory: KernelMemory,
  { layout, outputs }: EmittedKernel,
  loss: Loss,
  batchSize: number,
): KernelArrays {
  const { classCount } = layout
  const places = new Map<string, { readonly address: number; readonly length: number }>()
  const allocate = (name: string, length: number): void => {
    places.set(name, { address: memory.allocate(length), length })
  }
  memory.reset()
  allocate('logits', batchSize * classCount)
  allocate('labels', batchSize * classCount)
  for (const [name, extent] of Object.entries(loss.inputs)) {
    const [rows, columns] = shapeOf(extent, batchSize, classCount)
    if (extent.batch) allocate(inputPlace(name), rows * columns)
  }
  for (const [name, { extent }] of outputs) {
    if (name !== 'value') allocate(outputPlace(name), batchSize * (extent.classes ? classCount : 1))
  }
  const columns = layout.keptRows.map((node) => [node, memory.allocate(batchSize)] as const)

  memory.provide()
  // The memory does not grow from here on, so that views stay valid.
  const integers = new Int32Array(memory.memory.buffer)
  const point = (key: Expression | KernelOutput, address: number): void => {
    const pointer = layout.pointers.get(key)
    if (pointer !== undefined) integers[pointer / 4] = address
  }
  for (const key of layout.pointers.keys()) {
    if (typeof key === 'string') point(key, places.get(outputPlace(key))?.address ?? 0)
    else if (key.kind === 'input') point(key, places.get(inputPlace(key.name))!.address)
  }
  for (const [node, address] of columns) point(node, address)
  memory.floats(layout.batchSize.float, 1)[0] = batchSize
  integers[layout.batchSize.integer / 4] = batchSize

  const view = (name: string): Float32Array => {
    const { address, length } = places.get(name)!
    // The check reads whole vectors.
    memory.floats(address + 4 * length, 4).fill(0)
    return memory.floats(address, length)
  }
  const inputs = Object.entries(loss.inputs).map(([name, extent]) => [
    name,
    extent.batch ? view(inputPlace(name)) : fixedInput(memory, layout.fixed, name, shapeOf(extent, 1, classCount)[1]),
  ])
  const results = [...outputs.keys()].filter((name) => name !== 'value').map((name) => [name, view(outputPlace(name))])
  return {
    logits: view('logits'),
    labels: view('labels'),
    inputs: Object.fromEntries(inputs),
    ...Object.fromEntries(results),
  }
}

const inputPlace = (name: string): string => (name === 'logits' || name === 'labels' ? name : `input ${name}`)
const outputPlace = (name: string): string => `output ${name}`

/** The place of an input without the batch; a place of its own where the formula does not read it. */
function fixedInput(
  memory: KernelMemory,
  fixed: ReadonlyMap<Expression, number>,
  name: string,
  length: number,
): Float32Array {
  for (const [node, address] of fixed) {
    if (node.kind === 'input' && node.name === name) return memory.floats(address, length)
  }
  return new Float32Array(length)
}
