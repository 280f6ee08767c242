import { join } from 'node:path'
import { describe, test } from 'vitest'

const folder = process.env.DBLOSS_REAL_DATA
const isRequired = (process.env.DBLOSS_REQUIRE ?? '').split(',').includes('real-data')

/** Tests on data that is not part of the repository; `locate` gives the absolute path of a file or folder in it. */
export function describeRealData(name: string, tests: (locate: (path: string) => string) => void): void {
  describe(name, () => {
    if (folder) {
      tests((path) => join(folder, path))
    } else if (isRequired) {
      test('needs real data', () => {
        throw new Error('real data not present, but DBLOSS_REQUIRE names real-data: set DBLOSS_REAL_DATA to its folder')
      })
    } else {
      test.skip('real data not present', () => {})
    }
  })
}
