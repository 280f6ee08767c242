import type { Ort, OrtTensor } from '../../../src/index.ts'

/** What a test wants to be told. */
export interface OrtObserver {
  /** A session is about to be made. */
  readonly creating?: () => void
  /** A session has run. */
  readonly ran?: (feeds: Readonly<Record<string, OrtTensor>>, outputs: Readonly<Record<string, OrtTensor>>) => void
}

/** A runtime that tells of its sessions and runs. */
export function observeOrt(ort: Ort, { creating, ran }: OrtObserver): Ort {
  const create: Ort['InferenceSession']['create'] = async (model, options) => {
    creating?.()
    const session = await ort.InferenceSession.create(model, options)
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      async run(feeds) {
        const outputs = await session.run(feeds)
        ran?.(feeds, outputs)
        return outputs
      },
      release: async () => session.release?.(),
    }
  }
  return { InferenceSession: { create }, Tensor: ort.Tensor }
}
