/** How far a piece of work has come. */
export interface Progress {
  /**
   * `features`, `frozen` (what the frozen blocks make of images) and `check` count images; `training` (of heads) and `blocks`
   * count epochs over all runs; `upload` and `download` count bytes.
   */
  readonly phase: 'features' | 'frozen' | 'training' | 'blocks' | 'check' | 'upload' | 'download'
  readonly done: number
  readonly total: number
  /** Since the phase began. */
  readonly elapsedMs: number
  /** An estimate from the pace so far; absent before the first piece is done. */
  readonly remainingMs?: number
}

/** Receives progress; called often, so it should be quick. */
export type OnProgress = (progress: Progress) => void

/** Starts the clock of a phase; the returned function reports how much is done. */
export function startPhase(phase: Progress['phase'], total: number, onProgress?: OnProgress): (done: number) => void {
  const start = performance.now()
  return (done) => {
    const elapsedMs = performance.now() - start
    const remaining = done > 0 ? { remainingMs: (elapsedMs / done) * (total - done) } : {}
    onProgress?.({ phase, done, total, elapsedMs, ...remaining })
  }
}
