import { GraphBuilder } from '../onnx/index.ts'
import type { Ort, OrtSession, OrtSessionOptions, OrtTensor } from '../ort.ts'
import { type GraphPrecision, precisions } from '../precision.ts'

/** Where the tensors of a training lie: in main memory, or on the device of the execution provider between the steps. */
export class Device {
  readonly #ort: Ort
  readonly #options: OrtSessionOptions
  readonly #keepsOnDevice: boolean
  readonly #precision: GraphPrecision
  #reader: OrtSession | undefined

  constructor(ort: Ort, options: OrtSessionOptions, precision: GraphPrecision) {
    this.#ort = ort
    this.#options = { ...oneReservation, ...withExactConvolutions(options) }
    this.#precision = precision
    this.#keepsOnDevice = (options.executionProviders ?? []).some((each) => nameOf(each) === 'webgpu')
  }

  /**
   * Makes a session.
   *
   * @param read - the outputs that are read after each run; all others stay on the device.
   */
  async session(
    model: Uint8Array,
    outputs: readonly string[] = [],
    read: readonly string[] = outputs,
  ): Promise<OrtSession> {
    const kept = outputs.filter((name) => !read.includes(name))
    if (!this.#keepsOnDevice || kept.length === 0) return this.#ort.InferenceSession.create(model, this.#options)
    const preferredOutputLocation = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer']))
    return this.#ort.InferenceSession.create(model, { ...this.#options, preferredOutputLocation })
  }

  /** A copy of the values of a tensor, wherever it is. */
  async read(tensor: OrtTensor): Promise<Float32Array | Float64Array> {
    if (tensor.location === undefined || tensor.location === 'cpu') {
      return (tensor.data as Float32Array | Float64Array).slice()
    }
    // Reading a tensor of a device directly ends the process in Node; a session brings its output to main memory.
    this.#reader ??= await this.#ort.InferenceSession.create(this.#readerModel(), this.#options)
    const { value } = await this.#reader.run({ value_on_device: tensor })
    return value!.data as Float32Array | Float64Array
  }

  async dispose(): Promise<void> {
    await this.#reader?.release?.()
    this.#reader = undefined
  }

  #readerModel(): Uint8Array {
    const { element } = precisions[this.#precision]
    const graph = new GraphBuilder('read')
    graph.output('value', graph.input('value_on_device', element), element)
    return graph.toBytes()
  }
}

/** A pattern of the memory that a run has used is a second reservation beside the arena that the first run has filled. */
const oneReservation: OrtSessionOptions = { enableMemPattern: false }

type ExecutionProvider = NonNullable<OrtSessionOptions['executionProviders']>[number]

function nameOf(provider: ExecutionProvider): string {
  return typeof provider === 'string' ? provider : provider.name
}

/**
 * With its default layout, NHWC, ONNX Runtime 1.30 computes convolutions on WebGPU wrongly when 3 divides the input channels
 * and 4 does not, but for 3 itself, and 4 divides the output channels (as in
 * https://github.com/microsoft/onnxruntime/issues/29651). The gradient of a convolution's weights is a convolution whose
 * input channels are the batch.
 */
function withExactConvolutions(options: OrtSessionOptions): OrtSessionOptions {
  const executionProviders = options.executionProviders?.map((each) =>
    nameOf(each) === 'webgpu'
      ? { preferredLayout: 'NCHW', ...(typeof each === 'string' ? { name: each } : each) }
      : each,
  )
  return executionProviders === undefined ? options : { ...options, executionProviders }
}
