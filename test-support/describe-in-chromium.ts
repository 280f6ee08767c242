import type { ConformanceResult } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { bundle } from './bundle.ts'
import { findChromium, withPage } from './chromium.ts'
import { describeTarget } from './describe-target.ts'
import { type StartedCheck, watchChecks } from './watch-checks.ts'

/** A page that runs the suite: it sets `globalThis.runSuite`, which tells `globalThis.checkStarts` of each check. */
export interface SuitePage {
  /** Its program. */
  readonly entry: URL
  /** A folder of files that it loads. */
  readonly folder?: string
  /** Further contents by path. */
  readonly pages?: Readonly<Record<string, string | Uint8Array>>
  /** Further flags of the browser. */
  readonly flags?: readonly string[]
  /** Its content-security policy. Default: none. */
  readonly policy?: string
}

/** How long one check may take: most take less than a second, also on a GPU in software on a busy machine. */
const CHECK_LIMIT = 60_000

/** So many of the last lines of the console are shown when the page fails. */
const CONSOLE_LINES = 20

declare global {
  /** Tells which check runs now. */
  var checkStarts: (check: StartedCheck) => void
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

/** A document that runs one program, under a content-security policy if there is one. */
export function documentWith(program: string, policy?: string): string {
  const meta = policy === undefined ? '' : `<meta http-equiv="content-security-policy" content="${policy}">`
  return `<!doctype html><meta charset="utf-8">${meta}<script type="module" src="${program}"></script>`
}

async function outcomes(
  target: string,
  { entry, folder, flags, policy, ...further }: SuitePage,
): Promise<ConformanceResult[]> {
  const pages = {
    ...further.pages,
    '/index.html': documentWith('/suite.js', policy),
    '/suite.js': await bundle(entry),
  }
  return withPage({ pages, ...(folder && { folder }), ...(flags && { flags }) }, async (page) => {
    const console: string[] = []
    page.on('console', (message) => console.push(message.text()))
    page.on('pageerror', (error) => console.push(error.message))
    const failed = (what: string): Error =>
      new Error([`${target} in Chromium: ${what}; the page said:`, ...console.slice(-CONSOLE_LINES)].join('\n'))

    await page
      .waitForFunction(() => 'runSuite' in globalThis, undefined, { timeout: CHECK_LIMIT })
      .catch(() => {
        throw failed('the page did not start')
      })
    const watch = watchChecks(CHECK_LIMIT)
    await page.exposeFunction('checkStarts', watch.start)
    return Promise.race([page.evaluate((name) => globalThis.runSuite(name), target), watch.hang])
      .catch((error: Error) => {
        throw failed(error.message)
      })
      .finally(watch.end)
  })
}
