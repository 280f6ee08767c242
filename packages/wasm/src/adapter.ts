import { type Adapter, type CompiledLoss, checkBatch, type Loss } from '@dbloss/core'
import { compileKernel } from './compile-kernel.ts'
import { compileJavaScriptKernel } from './javascript/javascript-kernel.ts'
import type { JavaScriptKernelOptions } from './javascript/kernel-source.ts'
import type { Kernel } from './kernel.ts'

/** Fused WebAssembly kernels as a target of every loss, through the function that users call. */
export function wasmAdapter(): Adapter {
  return kernelAdapter('wasm-kernels', 'float32', compileKernel)
}

/** Fused loops in JavaScript as a target of every loss. */
export function javascriptAdapter(): Adapter {
  return kernelAdapter('javascript-kernels', 'float64', compileJavaScriptKernel)
}

function kernelAdapter(
  name: string,
  precision: 'float32' | 'float64',
  compile: (loss: Loss, options: JavaScriptKernelOptions) => Kernel,
): Adapter {
  const Floats = precision === 'float32' ? Float32Array : Float64Array
  return {
    name,
    precision,
    supports: { elements: true, optimizer: false },
    compile: async (loss): Promise<CompiledLoss> => {
      const kernels = new Map<number, Kernel>()
      return {
        evaluate: async (batch) => {
          const classCount = checkBatch(loss, batch)
          const { logits, labels, inputs = {} } = batch
          let kernel = kernels.get(classCount)
          if (kernel === undefined) {
            kernel = compile(loss, { classCount, outputs: ['gradient', 'elements'] })
            kernels.set(classCount, kernel)
          }
          const gradient = new Floats(logits.length)
          if (loss.elements === undefined)
            return { value: kernel.evaluate(logits, labels, gradient, { inputs }), gradient }
          const elements = new Floats(logits.length)
          return { value: kernel.evaluate(logits, labels, gradient, { inputs, elements }), elements, gradient }
        },
      }
    },
  }
}
