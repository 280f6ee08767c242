import { DblossError } from '@dbloss/core'

/** A memory of WebAssembly, as far as kernels use it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** What kernels use of the platform's WebAssembly; no library of types that is always there describes it. */
interface WasmPlatform {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> }
  Memory: new (limits: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean }) => WasmMemory
}

/**
 * The WebAssembly of this platform.
 *
 * @throws DblossError `runtime` where there is none.
 */
export function wasmPlatform(): WasmPlatform {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WasmPlatform }
  if (WebAssembly !== undefined) return WebAssembly
  throw new DblossError('runtime', 'there is no WebAssembly here', {
    argument: 'platform',
    found: 'no WebAssembly',
    expected: 'a browser or Node with WebAssembly and its SIMD instructions',
  })
}
