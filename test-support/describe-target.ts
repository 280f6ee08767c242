import { describe, test } from 'vitest'
import { isRequired } from './require.ts'

/**
 * Tests on a target that a machine may lack. Where it is missing they are reported as skipped, with the reason; when
 * `DBLOSS_REQUIRE` names the target, that is a failure.
 *
 * @param missing - why the target is not there, or nothing when it is.
 */
export function describeTarget(name: string, target: string, missing: string | undefined, tests: () => void): void {
  describe(name, () => {
    if (missing === undefined) tests()
    else if (isRequired(target)) {
      test(`needs ${target}`, () => {
        throw new Error(`${target} is not installed, but DBLOSS_REQUIRE names it: ${missing}`)
      })
    } else test.skip(`${target} is not installed: ${missing}`, () => {})
  })
}
