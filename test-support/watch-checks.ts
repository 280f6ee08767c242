/** A check of the conformance suite that begins. */
export interface StartedCheck {
  readonly group: string
  readonly check: string
}

/** Waits for a check that does not end. */
export interface CheckWatch {
  /** To be called at the start of each check. */
  readonly start: (check: StartedCheck) => void
  /** Rejects, with the name of the check that runs, when none has started for too long. */
  readonly hang: Promise<never>
  /** To be called when all is done. */
  readonly end: () => void
}

/**
 * Names the check that a page hangs in: a page that is blocked cannot tell by itself.
 *
 * @param limit - how long one check may take, in milliseconds.
 */
export function watchChecks(limit: number): CheckWatch {
  const names: string[] = []
  let timer: NodeJS.Timeout | undefined
  let reject: (error: Error) => void
  const hang = new Promise<never>((_, fail) => {
    reject = fail
  })
  const wait = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const place =
        names.length === 0 ? 'the runtime did not start' : `check ${names.length}, '${names.at(-1)}', did not end`
      reject(new Error(`${place} in ${limit / 1000} seconds`))
    }, limit)
  }
  wait()
  const start: CheckWatch['start'] = ({ group, check }) => {
    names.push(`${group}: ${check}`)
    wait()
  }
  return { start, hang, end: () => clearTimeout(timer) }
}
