import * as tf from '@tensorflow/tfjs-core'
import { observeRuns } from './loss-runs.ts'

/** Where some operations ran. */
export interface DeviceReport {
  /** `cpu`, `wasm`, `webgl`, `webgpu` or `tensorflow`. */
  readonly backend: string
  /** What the backend says of its device, where it does. */
  readonly device?: string
  /** How many kernels of TensorFlow.js ran. */
  readonly kernels: number
  /** How many losses a fused kernel computed, with their gradients, on the CPU: as cpu and wasm do. */
  readonly fused: number
  /** Why losses on cpu or wasm ran as kernels of TensorFlow.js all the same, if any did. */
  readonly notFused?: string
  /** How many of them a GPU backend handed to the CPU, as it does with small tensors. */
  readonly onCpu: number
  /** All of it in a line. */
  readonly summary: string
}

/** A backend that may hand small tensors to the CPU. */
interface ForwardingBackend {
  shouldExecuteOnCPU?: (...parameters: unknown[]) => boolean
}

/**
 * Tells on which device something really ran.
 *
 * @param run - what to run, as `() => loss(labels, logits)`; its result is disposed.
 *
 * @example
 * console.log((await deviceReport(() => loss(labels, logits))).summary)
 * // webgpu (nvidia): 38 kernels, all on the device
 * // wasm: 1 loss in a fused kernel, and 8 kernels, all on the device
 */
export async function deviceReport(run: () => tf.TensorContainer): Promise<DeviceReport> {
  await tf.ready()
  const backend = tf.getBackend()
  const target = tf.backend() as ForwardingBackend
  const decide = target.shouldExecuteOnCPU
  let onCpu = 0
  if (decide !== undefined) {
    target.shouldExecuteOnCPU = (...parameters) => {
      const isForwarded = decide.apply(target, parameters)
      if (isForwarded) onCpu++
      return isForwarded
    }
  }
  let fused = 0
  let notFused: string | undefined
  const endObservation = observeRuns(({ isFused, reason }) => {
    if (isFused) fused++
    else notFused = reason
  })
  try {
    const { kernels, result } = await tf.profile(run)
    tf.dispose(result)
    const device = deviceName(tf.backend())
    const report = {
      backend,
      kernels: kernels.length,
      onCpu,
      fused,
      ...(device === undefined ? {} : { device }),
      ...(notFused === undefined ? {} : { notFused }),
    }
    return { ...report, summary: summary(report) }
  } finally {
    endObservation()
    // The method stands on the prototype.
    delete target.shouldExecuteOnCPU
  }
}

function summary({ backend, device, kernels, onCpu, fused, notFused }: Omit<DeviceReport, 'summary'>): string {
  const where = device === undefined ? backend : `${backend} (${device})`
  const inFused = fused === 0 ? '' : `${fused} ${fused === 1 ? 'loss' : 'losses'} in a fused kernel, and `
  const share = onCpu === 0 ? 'all on the device' : `${onCpu} of them on the CPU, because their tensors are small`
  const reason = notFused === undefined ? '' : `; no fused kernel: ${notFused}`
  return `${where}: ${inFused}${kernels} kernels, ${share}${reason}`
}

/** The part of WebGL that is needed. */
interface RenderingContext {
  readonly RENDERER: number
  getExtension(name: string): { readonly UNMASKED_RENDERER_WEBGL: number } | null
  getParameter(name: number): unknown
}

/** What a backend knows of its device; each keeps it in a place of its own. */
function deviceName(backend: tf.KernelBackend): string | undefined {
  const { gpgpu, adapterInfo, isGPUPackage } = backend as {
    gpgpu?: { gl: RenderingContext }
    adapterInfo?: { vendor?: string; architecture?: string; description?: string }
    isGPUPackage?: boolean
  }
  if (gpgpu !== undefined) {
    const extension = gpgpu.gl.getExtension('WEBGL_debug_renderer_info')
    return String(gpgpu.gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gpgpu.gl.RENDERER))
  }
  if (adapterInfo !== undefined) {
    const { vendor, architecture, description } = adapterInfo
    return description || [vendor, architecture].filter(Boolean).join(' ') || undefined
  }
  if (isGPUPackage === undefined) return undefined
  return isGPUPackage ? 'tfjs-node-gpu' : 'tfjs-node'
}
