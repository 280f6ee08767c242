/** How a loss ran on a backend that fused kernels are for. */
export interface LossRun {
  readonly isFused: boolean
  /** Why it was not fused. */
  readonly reason?: string
}

type Observer = (run: LossRun) => void

const observers = new Set<Observer>()

/** Tells whoever observes how a loss ran. */
export function reportRun(run: LossRun): void {
  for (const observe of observers) observe(run)
}

/**
 * Calls an observer for every loss that runs from now on.
 *
 * @returns ends the observation.
 */
export function observeRuns(observe: Observer): () => void {
  observers.add(observe)
  return () => observers.delete(observe)
}
