import { DblossError } from '@dbloss/core'
import type { OrtTensor } from './ort.ts'

/** @throws DblossError `runtime` when a number of a step is not finite. */
export function checkFinite(numbers: Readonly<Record<string, number>>, step: number): void {
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isFinite(value))
  if (wrong === undefined) return
  const [name, value] = wrong
  const message = `training diverged in step ${step}: ${name} is ${value}; try a lower learning rate, or clipNorm`
  throw new DblossError('runtime', message, { argument: name, found: value, expected: 'a finite number' })
}

/** Frees tensors; those of the CPU need it not, those of devices do. */
export function disposeAll(tensors: Readonly<Record<string, OrtTensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose?.()
}

/** The only number of a tensor. */
export function scalarOf(tensor: OrtTensor): number {
  return (tensor.data as Float32Array | Float64Array)[0]!
}
