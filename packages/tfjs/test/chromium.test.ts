import type { ConformanceResult } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { bundle } from '../../../test-support/bundle.ts'
import { findChromium, withPage } from '../../../test-support/chromium.ts'
import { describeTarget } from '../../../test-support/describe-target.ts'

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined

/** Runs the whole suite in the browser, once a backend, before the tests are declared: each of its checks becomes one. */
async function outcomes(backend: string): Promise<readonly ConformanceResult[]> {
  const script = await bundle(new URL('./support/conformance-page.ts', import.meta.url))
  const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/suite.js"></script>'
  return withPage({ pages: { '/index.html': html, '/suite.js': script } }, async (page) => {
    await page.waitForFunction(() => 'runSuite' in globalThis)
    return page.evaluate((name) => globalThis.runSuite(name), backend)
  })
}

for (const backend of ['webgl', 'webgpu']) {
  const results = missing === undefined ? await outcomes(backend).catch((error: unknown) => error as Error) : []
  describeTarget(`TensorFlow.js in Chromium, ${backend}`, 'chromium', missing, () => {
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
