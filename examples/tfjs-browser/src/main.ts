/** Builds the page, opens it in headless Chromium where there is one, lets it train for a little, and checks what it shows. */
import { join } from 'node:path'
import { buildPage } from '../../../test-support/build-page.ts'
import { trainInBrowser } from './train-in-browser.ts'

const epochs = 8

const page = await buildPage(new URL('..', import.meta.url))
if (page !== undefined) {
  const screenshot = join(page.reports, 'tfjs-browser.png')
  const { lines, problems } = await trainInBrowser({ folder: page.folder, epochs, screenshot })
  for (const line of lines) console.log(line)
  console.log('Screenshot: reports/tfjs-browser.png')
  for (const problem of problems) console.error(`Problem: ${problem}`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
