import type { Ort, OrtSession } from '../../src/index.ts'

/** A runtime that counts its sessions: how many have been created and not yet released. */
export function countingSessions(ort: Ort): { readonly ort: Ort; readonly liveSessions: () => number } {
  let live = 0
  const create: Ort['InferenceSession']['create'] = async (model, options) => {
    const session = await ort.InferenceSession.create(model, options)
    live++
    const counted: OrtSession = {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      run: (feeds) => session.run(feeds),
      async release() {
        live--
        await session.release?.()
      },
    }
    return counted
  }
  return { ort: { InferenceSession: { create }, Tensor: ort.Tensor }, liveSessions: () => live }
}
