import type { Ort, OrtSession } from './ort.ts'

const runtimes = new WeakMap<Ort['InferenceSession'], Ort>()

/**
 * The runtime with its calls in turn. onnxruntime-web on WebGPU suspends a run while the GPU works, and cannot take another
 * meanwhile: the same session blocks the page for ever, another session fails in its read-back
 * (https://github.com/microsoft/onnxruntime/issues/32561), another creation is refused. Runs on a CPU do not overlap anyway.
 *
 * The same wrapper for the same runtime, so that all its users wait for each other.
 */
export function oneAtATime(ort: Ort): Ort {
  let wrapped = runtimes.get(ort.InferenceSession)
  if (wrapped === undefined) {
    wrapped = inTurn(ort)
    runtimes.set(ort.InferenceSession, wrapped)
    // Wrapping what is wrapped would make a call wait for itself.
    runtimes.set(wrapped.InferenceSession, wrapped)
  }
  return wrapped
}

function inTurn(ort: Ort): Ort {
  let last: Promise<unknown> = Promise.resolve()
  const queued = <T>(call: () => Promise<T>): Promise<T> => {
    const result = last.then(call)
    last = result.catch(() => undefined)
    return result
  }
  const create: Ort['InferenceSession']['create'] = async (model, options) => {
    const session = await queued(() => ort.InferenceSession.create(model, options))
    const wrapped: OrtSession = {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: (feeds) => queued(() => session.run(feeds)),
      release: () => queued(async () => session.release?.()),
    }
    return wrapped
  }
  return { InferenceSession: { create }, Tensor: ort.Tensor }
}
