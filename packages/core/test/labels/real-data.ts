import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, test } from 'vitest'

const folder = process.env.DBLOSS_REAL_DATA
const isRequired = (process.env.DBLOSS_REQUIRE ?? '').split(',').includes('real-data')

/** Tests on data that is not part of the repository; `load` gives the text of a file, unzipped where it ends in `.gz`. */
export function describeRealData(name: string, tests: (load: (path: string) => string) => void): void {
  describe(name, () => {
    if (folder) {
      tests((path) => {
        const bytes = readFileSync(join(folder, path))
        return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
      })
    } else if (isRequired) {
      test('needs real data', () => {
        throw new Error('real data not present, but DBLOSS_REQUIRE names real-data: set DBLOSS_REAL_DATA to its folder')
      })
    } else {
      test.skip('real data not present', () => {})
    }
  })
}
