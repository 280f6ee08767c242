/** Builds the page, opens it in headless Chromium where there is one, lets it train for a little, and checks what it shows. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { findChromium } from '../../../test-support/chromium.ts'
import { isRequired } from '../../../test-support/require.ts'
import { trainInBrowser } from './train-in-browser.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const reports = fileURLToPath(new URL('../../../reports', import.meta.url))
const epochs = 8

await build({ root: folder, logLevel: 'warn' })
console.log('The page is built: dist/index.html')

if (findChromium() === undefined) {
  console.log('Chromium is not installed: the page was built but not opened')
  process.exitCode = isRequired('chromium') ? 1 : 0
} else {
  mkdirSync(reports, { recursive: true })
  const screenshot = join(reports, 'tfjs-browser.png')
  const { lines, problems } = await trainInBrowser({ folder: join(folder, 'dist'), epochs, screenshot })
  for (const line of lines) console.log(line)
  console.log('Screenshot: reports/tfjs-browser.png')
  for (const problem of problems) console.error(`Problem: ${problem}`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
