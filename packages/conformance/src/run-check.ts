import { BeyondPrecision } from './compare.ts'
import { messageOf } from './message-of.ts'
import type { Check, CheckContext, ConformanceResult, Outcome } from './result.ts'

/** A failure that is known and has a reason; it is shown with the reason, never silent. */
export interface ConformanceException {
  /** The name of the check, or a pattern that it matches. */
  readonly check: string | RegExp
  readonly reason: string
}

/** Runs one check and tells how it ended; it never throws. */
export async function runCheck(
  check: Check,
  context: CheckContext,
  exceptions: readonly ConformanceException[] = [],
): Promise<ConformanceResult> {
  const { group, name, loss, reduction } = check
  const result = (outcome: Outcome, message?: string): ConformanceResult => ({
    adapter: context.adapter.name,
    group,
    check: name,
    outcome,
    ...(loss === undefined ? {} : { loss }),
    ...(reduction === undefined ? {} : { reduction }),
    ...(message === undefined ? {} : { message }),
  })
  try {
    const answer = await check.run(context)
    return answer === undefined ? result('passed') : result('not supported', answer.notSupported)
  } catch (error) {
    const message = messageOf(error)
    if (error instanceof BeyondPrecision) return result('not supported', message)
    const exception = exceptions.find((candidate) =>
      typeof candidate.check === 'string' ? candidate.check === name : candidate.check.test(name),
    )
    return exception === undefined ? result('failed', message) : result('excepted', `${exception.reason} (${message})`)
  }
}
