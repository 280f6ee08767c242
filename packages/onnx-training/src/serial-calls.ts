import { DblossError } from '@dbloss/core'

/** Calls that run one after the other, until the end. */
export class SerialCalls {
  readonly #owner: string
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #closed = false

  /** @param owner - names what is called, for messages. */
  constructor(owner: string) {
    this.#owner = owner
  }

  /** Runs after the calls before it, whether they failed or not. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#waiting++
    const result = this.#queue.then(run).finally(() => this.#waiting--)
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** @throws DblossError `argument` after {@link close}. */
  checkUsable(): void {
    if (!this.#closed) return
    throw new DblossError('argument', `the ${this.#owner} was used after dispose()`, {
      argument: this.#owner,
      found: `a ${this.#owner} whose sessions are freed`,
      expected: `a ${this.#owner} in use`,
    })
  }

  /**
   * @param done - what cannot be done to a state meanwhile, as `restored`.
   * @throws DblossError `argument` while calls are running.
   */
  checkIdle(done: string): void {
    if (this.#waiting === 0) return
    throw new DblossError('argument', `a state cannot be ${done} while a step is running; wait for it first`, {
      argument: this.#owner,
      found: `${this.#waiting} calls that are not done`,
      expected: 'none',
    })
  }

  /** Refuses further calls, waits for those that run, and cleans up; once. */
  async close(cleanUp: () => Promise<void>): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#queue
    await cleanUp()
  }
}
