import type { Adapter } from '@dbloss/core'
import { allChecks } from './all-checks.ts'
import { lossCases } from './losses/all-losses.ts'
import type { Check, CheckGroup, ConformanceResult } from './result.ts'
import { type ConformanceException, runCheck } from './run-check.ts'

/** What the suite checks, and what it is told besides. */
export interface ConformanceTarget {
  /** Makes the adapter, once for the whole suite; it is disposed at the end. */
  readonly adapter: () => Adapter | Promise<Adapter>
  /** Counts what is allocated on the target, for the check for leaks. Default: that check reports `not supported`. */
  readonly liveObjects?: () => number
  /** Failures that are known. Default: none. */
  readonly exceptions?: readonly ConformanceException[]
  /** How many random formulas are checked beside the named losses. Default 50. */
  readonly randomFormulas?: number
  /** Which losses are checked one by one, by name. Default: all. */
  readonly losses?: (name: string) => boolean
  /** Receives each check before it runs, so that a check that never ends can be named. */
  readonly onStart?: (check: Pick<ConformanceResult, 'group' | 'check'>) => void
  /** Receives every outcome, in order. */
  readonly onResult?: (result: ConformanceResult) => void
}

/** What the suite needs of a test runner: vitest, node:test, Jest and Mocha have it. */
export interface TestRunner {
  readonly describe: (name: string, define: () => void) => unknown
  readonly test: (name: string, run: (context?: unknown) => Promise<void>) => unknown
}

/**
 * Runs the suite on an adapter under any test runner: all that an adapter's author writes.
 *
 * What the adapter does not support is reported to `onResult`, and skipped with the reason where the runner can skip.
 *
 * @example
 * import { describe, test } from 'vitest'
 * conformance({ describe, test, adapter: () => myAdapter() })
 */
export function conformance({ describe, test, ...target }: TestRunner & ConformanceTarget): void {
  const { liveObjects, exceptions, onStart, onResult } = target
  let made: Promise<Adapter> | undefined
  const adapter = (): Promise<Adapter> => {
    made ??= Promise.resolve(target.adapter())
    return made
  }
  describe('conformance', () => {
    for (const [group, checks] of byGroup(checksFor(target))) {
      describe(group, () => {
        for (const check of checks) {
          test(check.name, async (context) => {
            onStart?.({ group, check: check.name })
            const result = await runCheck(check, { adapter: await adapter(), liveObjects }, exceptions)
            onResult?.(result)
            if (result.outcome === 'failed') throw new Error(`${result.adapter}, ${check.name}: ${result.message}`)
            if (result.outcome !== 'passed') skip(context, `${result.outcome}: ${result.message}`)
          })
        }
      })
    }
    describe('end', () => {
      test('the adapter is disposed', async () => {
        await (await adapter()).dispose?.()
      })
    })
  })
}

/** Runs the suite without a test runner, and gives all outcomes. */
export async function runConformance(target: ConformanceTarget): Promise<ConformanceResult[]> {
  const adapter = await target.adapter()
  const results: ConformanceResult[] = []
  for (const check of checksFor(target)) {
    target.onStart?.({ group: check.group, check: check.name })
    const result = await runCheck(check, { adapter, liveObjects: target.liveObjects }, target.exceptions)
    target.onResult?.(result)
    results.push(result)
  }
  await adapter.dispose?.()
  return results
}

function checksFor({ randomFormulas = 50, losses = () => true }: ConformanceTarget): Check[] {
  return allChecks({ randomFormulas, losses: lossCases.filter(({ name }) => losses(name)) })
}

function byGroup(checks: readonly Check[]): Map<CheckGroup, Check[]> {
  const groups = new Map<CheckGroup, Check[]>()
  for (const check of checks) {
    const list = groups.get(check.group)
    if (list === undefined) groups.set(check.group, [check])
    else list.push(check)
  }
  return groups
}

/** vitest's and node:test's contexts can skip with a reason; other runners show the check as passed. */
function skip(context: unknown, reason: string): void {
  const skippable = context as { skip?: (reason: string) => void } | undefined
  skippable?.skip?.(reason)
}
