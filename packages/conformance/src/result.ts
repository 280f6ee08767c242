import type { Adapter, Reduction } from '@dbloss/core'

/** How a check ended; `not supported` is what the adapter declares or its precision cannot hold, `excepted` a failure that it gives a reason for. */
export type Outcome = 'passed' | 'failed' | 'not supported' | 'excepted'

/** The groups of checks, in the order in which they run. */
export type CheckGroup =
  | 'primitives'
  | 'losses'
  | 'random formulas'
  | 'shapes'
  | 'labels'
  | 'extremes'
  | 'arrays'
  | 'state'
  | 'errors'
  | 'training'
  | 'optimizer'
  | 'leaks'

/** The outcome of one check. */
export interface ConformanceResult {
  /** The adapter's name. */
  readonly adapter: string
  readonly group: CheckGroup
  /** What was checked, as `sigmoid` or `DB-Focal, mean`. */
  readonly check: string
  /** The loss, in the groups that are about losses. */
  readonly loss?: string
  readonly reduction?: Reduction
  readonly outcome: Outcome
  /** Why, for every outcome but `passed`. */
  readonly message?: string
}

/** What a check works with. */
export interface CheckContext {
  readonly adapter: Adapter
  /** Counts what is allocated on the target, where the adapter's author can tell. */
  readonly liveObjects: (() => number) | undefined
}

/** One check; it throws when the adapter is wrong, and gives the reason when the adapter does not support it. */
export interface Check {
  readonly group: CheckGroup
  readonly name: string
  readonly loss?: string
  readonly reduction?: Reduction
  // biome-ignore lint/suspicious/noConfusingVoidType: a check that just passes returns nothing
  readonly run: (context: CheckContext) => Promise<{ readonly notSupported: string } | void>
}
