import type { Ort, OrtSessionOptions } from '@dbloss/onnx-training'

/** Where the model runs: on the GPU, or on the CPU in WebAssembly. */
export type Device = 'webgpu' | 'wasm'

/** ONNX Runtime Web, and what its sessions are given. */
export interface Runtime {
  readonly ort: Ort
  readonly sessionOptions: OrtSessionOptions
}

/** Loads the runtime; each device has its own, of which the WebAssembly has 14 to 27 MB. */
export async function loadRuntime(device: Device): Promise<Runtime> {
  const ort = device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm')
  // Errors only: each session warns that it computes shapes on the CPU.
  return { ort, sessionOptions: { executionProviders: [device], logSeverityLevel: 3 } }
}

/** The devices of this browser, the best first: a GPU in software is slower than WebAssembly. */
export async function findDevices(): Promise<readonly Device[]> {
  const { gpu } = navigator as unknown as { readonly gpu?: Gpu }
  const adapter = await gpu?.requestAdapter().catch(() => null)
  if (!adapter) return ['wasm']
  return adapter.info.isFallbackAdapter === true ? ['wasm', 'webgpu'] : ['webgpu', 'wasm']
}

/** As much of WebGPU as is needed to see that it is there. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info: { readonly isFallbackAdapter?: boolean } } | null>
}
