import type { ConformanceResult } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { bundle } from './bundle.ts'
import { findChromium, withPage } from './chromium.ts'
import { describeTarget } from './describe-target.ts'

/** A page that runs the suite: it sets `globalThis.runSuite`. */
export interface SuitePage {
  /** Its program. */
  readonly entry: URL
  /** A folder of files that it loads. */
  readonly folder?: string
  /** Further flags of the browser. */
  readonly flags?: readonly string[]
}

declare global {
  /** Runs the conformance suite on a target of the page. */
  var runSuite: (target: string) => Promise<ConformanceResult[]>
}

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined

/** Runs the whole suite in the browser before tests are declared: each of its checks becomes one. */
export async function describeInChromium(name: string, target: string, page: SuitePage): Promise<void> {
  const results = missing === undefined ? await outcomes(target, page).catch((error: unknown) => error as Error) : []
  describeTarget(`${name} in Chromium, ${target}`, 'chromium', missing, () => {
    if (results instanceof Error) {
      test('the suite runs', () => {
        throw results
      })
      return
    }
    for (const group of new Set(results.map((result) => result.group))) {
      describe(group, () => {
        for (const result of results.filter((candidate) => candidate.group === group)) {
          test(result.check, ({ skip }) => {
            if (result.outcome === 'failed') throw new Error(result.message)
            if (result.outcome !== 'passed') skip(`${result.outcome}: ${result.message}`)
          })
        }
      })
    }
  })
}

async function outcomes(target: string, { entry, folder, flags }: SuitePage): Promise<ConformanceResult[]> {
  const pages = {
    '/index.html': '<!doctype html><meta charset="utf-8"><script type="module" src="/suite.js"></script>',
    '/suite.js': await bundle(entry),
  }
  return withPage({ pages, ...(folder && { folder }), ...(flags && { flags }) }, async (page) => {
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page
      .waitForFunction(() => 'runSuite' in globalThis, undefined, { timeout: 30_000 })
      .catch(() => {
        throw new Error(`the page did not start: ${errors.join('; ')}`)
      })
    return page.evaluate((name) => globalThis.runSuite(name), target)
  })
}
