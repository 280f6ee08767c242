import { setTimeout } from 'node:timers/promises'

/** Milliseconds between the tries of a request. */
const waits: readonly number[] = [500, 1000, 2000, 4000]

/** How often a request is tried at most. */
export const mostTries = waits.length + 1

/** Too many requests, and what servers answer when they cannot for the moment. */
const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** `fetch` that tries again after a lost connection or a server that cannot for the moment, until the signal ends it. */
export function retryingFetch(signal: AbortSignal | undefined): typeof fetch {
  return async (input, init) => {
    for (let tried = 1; ; tried++) {
      const isLast = tried === mostTries
      try {
        const response = await fetch(input, { ...(signal === undefined ? {} : { signal }), ...init })
        if (isLast || !transientStatuses.has(response.status)) return response
        await response.body?.cancel()
      } catch (error) {
        if (isLast || !isLostConnection(error)) throw error
      }
      await waitAfter(tried, signal)
    }
  }
}

/**
 * Waits longer after each try; call it after fewer than {@link mostTries}.
 *
 * @throws the signal's abort, at once.
 */
export async function waitAfter(tried: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await setTimeout(waits[tried - 1], undefined, signal === undefined ? {} : { signal })
}

/** `fetch` tells of the network by a TypeError with a cause; without one it is about what was asked. */
function isLostConnection(error: unknown): boolean {
  return error instanceof TypeError && error.cause !== undefined
}
