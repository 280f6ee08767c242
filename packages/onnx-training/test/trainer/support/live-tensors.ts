import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Ort, OrtTensor } from '../../../src/index.ts'
import { observeOrt } from './observe-ort.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Frees what nothing refers to. */
export async function collect(): Promise<void> {
  // What the first round finalizes may hold more.
  for (let round = 0; round < 3; round++) {
    collectGarbage()
    await setTimeout(10)
  }
}

/** How many outputs of sessions are still there. */
export interface LiveTensors {
  readonly ort: Ort
  /** In main memory: what garbage collection has not taken; collect before. */
  readonly inMemory: () => number
  /** On a device: what has not been disposed. */
  readonly onDevice: () => number
}

/** A runtime that counts the outputs of its sessions. */
export function liveTensors(ort: Ort): LiveTensors {
  let [inMemory, onDevice] = [0, 0]
  const collected = new FinalizationRegistry(() => inMemory--)
  const watch = (tensor: OrtTensor): void => {
    if (tensor.location === undefined || tensor.location === 'cpu') {
      inMemory++
      collected.register(tensor, undefined)
      return
    }
    onDevice++
    const dispose = tensor.dispose!.bind(tensor)
    Object.defineProperty(tensor, 'dispose', {
      value: () => {
        onDevice--
        dispose()
      },
    })
  }
  const ran = (_: unknown, outputs: Readonly<Record<string, OrtTensor>>): void => Object.values(outputs).forEach(watch)
  return { ort: observeOrt(ort, { ran }), inMemory: () => inMemory, onDevice: () => onDevice }
}
