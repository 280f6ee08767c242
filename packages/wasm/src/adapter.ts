import { type Adapter, type CompiledLoss, checkBatch } from '@dbloss/core'
import { compileKernel } from './compile-kernel.ts'
import type { Kernel } from './kernel.ts'

/** Fused WebAssembly kernels as a target of every loss, through the function that users call. */
export function wasmAdapter(): Adapter {
  return {
    name: 'wasm-kernels',
    precision: 'float32',
    supports: { elements: true, optimizer: false },
    compile: async (loss): Promise<CompiledLoss> => {
      const kernels = new Map<number, Kernel>()
      return {
        evaluate: async (batch) => {
          const classCount = checkBatch(loss, batch)
          const { logits, labels, inputs = {} } = batch
          let kernel = kernels.get(classCount)
          if (kernel === undefined) {
            kernel = compileKernel(loss, { classCount, outputs: ['gradient', 'elements'] })
            kernels.set(classCount, kernel)
          }
          const gradient = new Float32Array(logits.length)
          if (loss.elements === undefined)
            return { value: kernel.evaluate(logits, labels, gradient, { inputs }), gradient }
          const elements = new Float32Array(logits.length)
          return { value: kernel.evaluate(logits, labels, gradient, { inputs, elements }), elements, gradient }
        },
      }
    },
  }
}
