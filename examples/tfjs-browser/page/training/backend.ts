import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'

setWasmPaths({
  'tfjs-backend-wasm.wasm': plainUrl,
  'tfjs-backend-wasm-simd.wasm': simdUrl,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
})

/** The fastest on a machine with a GPU first. */
export const backendNames = ['webgpu', 'webgl', 'wasm', 'cpu'] as const

/** A backend of this page. */
export type BackendName = (typeof backendNames)[number]

/** Starts that backend, or without one the best that this browser can start. */
export async function startBackend(wanted: BackendName | undefined): Promise<BackendName> {
  for (const name of wanted === undefined ? backendNames : [wanted]) {
    const isStarted = await tf.setBackend(name).catch(() => false)
    if (!isStarted) continue
    await tf.ready()
    return name
  }
  throw new Error(`${wanted ?? 'No backend'} cannot start in this browser`)
}
