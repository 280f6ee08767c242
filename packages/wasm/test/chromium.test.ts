import { expect, test } from 'vitest'
import { bundle } from '../../../test-support/bundle.ts'
import { findChromium, withPage } from '../../../test-support/chromium.ts'
import { describeInChromium, documentWith } from '../../../test-support/describe-in-chromium.ts'
import { describeTarget } from '../../../test-support/describe-target.ts'
import type {} from './support/kernel-page.ts'
import { evaluateBatch } from './support/sample-batch.ts'

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined
const entry = new URL('./support/kernel-page.ts', import.meta.url)
/** Scripts of the page itself, WebAssembly, and no text that becomes a program. */
const withWasm = "script-src 'self' 'wasm-unsafe-eval'"

await describeInChromium('WebAssembly kernels', 'wasm', { entry, policy: withWasm })

describeTarget('threads of kernels in a page', 'chromium', missing, () => {
  test('share the rows of a batch; where a policy forbids them, that is said', async () => {
    const program = await bundle(entry)
    const valuesUnder = (policy: string) =>
      withPage(
        {
          pages: { '/index.html': documentWith('/page.js', policy), '/page.js': program },
          flags: ['--enable-features=SharedArrayBuffer'],
        },
        async (page) => {
          await page.waitForFunction(() => 'evaluateInThreads' in globalThis)
          return page.evaluate(() => globalThis.evaluateInThreads())
        },
      )
    const [together, alone] = (await valuesUnder(`${withWasm}; worker-src blob:`)) as [number, number]
    expect(together).toBeCloseTo(alone, 6)
    expect(await valuesUnder(withWasm)).toMatch(/^a thread for kernels cannot be started/)
  }, 120_000)
})

describeTarget('kernels under a content-security policy', 'chromium', missing, () => {
  test('with wasm-unsafe-eval they give the bits that Node gives; without, they say what is missing', async () => {
    const program = await bundle(entry)
    const outcomeUnder = (policy: string) =>
      withPage({ pages: { '/index.html': documentWith('/page.js', policy), '/page.js': program } }, async (page) => {
        await page.waitForFunction(() => 'outcome' in globalThis)
        return page.evaluate(() => globalThis.outcome)
      })
    const allowed = await outcomeUnder(withWasm)
    expect(allowed.sample).toEqual(evaluateBatch())
    expect(allowed.text).toMatch(/^the JavaScript of distribution-balanced cannot be compiled: EvalError/)
    const forbidden = await outcomeUnder("script-src 'self'")
    expect(forbidden.sample).toMatch(/^the kernel of distribution-balanced cannot be compiled: CompileError/)
  }, 120_000)
})
