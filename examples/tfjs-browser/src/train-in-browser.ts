import type { Page } from 'playwright-core'
import { withPage } from '../../../test-support/chromium.ts'

/** What {@link trainInBrowser} needs. */
interface BrowserTraining {
  /** The built page. */
  readonly folder: string
  readonly epochs: number
  /** Where to keep a picture of the page at the end. */
  readonly screenshot: string
}

/** What {@link trainInBrowser} found. */
interface BrowserOutcome {
  /** For people to read. */
  readonly lines: readonly string[]
  /** What was wrong; empty when all is well. */
  readonly problems: readonly string[]
}

/** A random order reaches about 0.17, the share of test pictures that show a kind; random weights a little more. */
const wellAboveChance = 0.3

/** A GPU in software, as in a headless browser on a server, is many times slower than WebAssembly. */
const backend = 'wasm'

const timeout = 180_000

/** Trains in the page with a small number of epochs, and looks at what it shows then. */
export function trainInBrowser({ folder, epochs, screenshot }: BrowserTraining): Promise<BrowserOutcome> {
  return withPage({ folder }, async (page) => {
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
    await page.setViewportSize({ width: 1100, height: 900 })
    await page.goto(new URL(`?epochs=${epochs}&backend=${backend}&autostart=1`, page.url()).href)
    await page.waitForSelector('main[data-state=done], main[data-state=failed]', { timeout })
    const status = (await page.textContent('#status')) ?? ''
    const devices = await page.locator('#devices span').allTextContents()
    if ((await page.getAttribute('main', 'data-state')) === 'failed') problems.push(status)
    problems.push(...(await checkCurves(page, epochs)))
    const lines = [status, ...devices]
    for (const model of ['first', 'second']) {
      const { title, map } = await readRow(page, model)
      lines.push(
        `${title}: mAP ${Object.entries(map)
          .map(([split, value]) => `${split} ${percent(value)}`)
          .join(', ')}`,
      )
      if (!(map.all! > wellAboveChance))
        problems.push(`the mAP of ${title} is ${map.all}; expected over ${wellAboveChance}`)
    }
    await page.screenshot({ path: screenshot, fullPage: true })
    return { lines, problems }
  })
}

async function checkCurves(page: Page, epochs: number): Promise<string[]> {
  const problems: string[] = []
  for (const split of ['all', 'head', 'medium', 'tail']) {
    for (const model of ['first', 'second']) {
      const points = await page.locator(`[data-curves=${split}] .curve.${model} circle`).count()
      if (points !== epochs) problems.push(`the ${model} curve of ${split} has ${points} points; expected ${epochs}`)
    }
  }
  return problems
}

async function readRow(page: Page, model: string): Promise<{ title: string; map: Record<string, number> }> {
  const row = page.locator(`#result tr.${model}`)
  const map: Record<string, number> = {}
  for (const cell of await row.locator('td').all()) {
    map[(await cell.getAttribute('data-split'))!] = Number.parseFloat((await cell.getAttribute('data-value')) ?? '')
  }
  return { title: (await row.locator('th').textContent()) ?? model, map }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
