import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describeTarget } from './describe-target.ts'

/** Access to data that is not part of the repository. */
export interface RealData {
  /** The absolute path of a file or folder. */
  readonly locate: (path: string) => string
  /** The text of a file, unzipped where its name ends in `.gz`. */
  readonly load: (path: string) => string
}

const folder = process.env.DBLOSS_REAL_DATA
/**
 * Tests on data that `DBLOSS_REAL_DATA` names. Without it they are reported as skipped; when `DBLOSS_REQUIRE` contains
 * `real-data`, they fail.
 */
export function describeRealData(name: string, tests: (data: RealData) => void): void {
  const missing = folder ? undefined : 'set DBLOSS_REAL_DATA to its folder'
  describeTarget(name, 'real-data', missing, () => {
    const locate = (path: string): string => join(folder!, path)
    const load = (path: string): string => {
      const bytes = readFileSync(locate(path))
      return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
    }
    tests({ locate, load })
  })
}
