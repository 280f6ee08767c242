/**
 * Runs the conformance suite on jax-js and prints its outcome. Two losses are enough to see that it works; `--all` takes
 * every loss and random formulas, for half a minute.
 */
import { conformanceTable, runConformance } from '@dbloss/conformance'
import { jaxAdapter } from './adapter.ts'
import { liveArrays } from './primitives.ts'

const twoLosses = ['ASL', 'DB-Focal']
const selection = process.argv.includes('--all')
  ? {}
  : { losses: (name: string) => twoLosses.includes(name), randomFormulas: 0 }

const results = await runConformance({ adapter: jaxAdapter, liveObjects: liveArrays, ...selection })
const countOf = (outcome: string): number => results.filter((result) => result.outcome === outcome).length
const [passed, failed, notSupported] = ['passed', 'failed', 'not supported'].map(countOf)
console.log(`${conformanceTable(results)}\n\n${passed} passed, ${failed} failed, ${notSupported} not supported`)
process.exitCode = failed === 0 ? 0 : 1
