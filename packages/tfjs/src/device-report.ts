import * as tf from '@tensorflow/tfjs-core'

/** Where some operations ran. */
export interface DeviceReport {
  /** `cpu`, `wasm`, `webgl`, `webgpu` or `tensorflow`. */
  readonly backend: string
  /** What the backend says of its device, where it does. */
  readonly device?: string
  /** How many kernels ran. */
  readonly kernels: number
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
  try {
    const { kernels, result } = await tf.profile(run)
    tf.dispose(result)
    const device = deviceName(tf.backend())
    return {
      backend,
      kernels: kernels.length,
      onCpu,
      summary: summary(backend, device, kernels.length, onCpu),
      ...(device === undefined ? {} : { device }),
    }
  } finally {
    // The method stands on the prototype.
    delete target.shouldExecuteOnCPU
  }
}

function summary(backend: string, device: string | undefined, kernels: number, onCpu: number): string {
  const where = device === undefined ? backend : `${backend} (${device})`
  const share = onCpu === 0 ? 'all on the device' : `${onCpu} of them on the CPU, because their tensors are small`
  return `${where}: ${kernels} kernels, ${share}`
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
