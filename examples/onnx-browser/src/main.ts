/** Builds the page, opens it in headless Chromium where there is one, fine-tunes in it, and checks what it shows and gives. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { findChromium } from '../../../test-support/chromium.ts'
import { isRequired } from '../../../test-support/require.ts'
import { fineTuneInBrowser } from './fine-tune-in-browser.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))
const reports = fileURLToPath(new URL('../../../reports', import.meta.url))

await build({ root: folder, logLevel: 'warn' })
console.log('The page is built: dist/index.html')

if (findChromium() === undefined) {
  console.log('Chromium is not installed: the page was built but not opened')
  process.exitCode = isRequired('chromium') ? 1 : 0
} else {
  mkdirSync(reports, { recursive: true })
  const built = join(folder, 'dist')
  const screenshot = join(reports, 'onnx-browser.png')
  const outcomes = [
    await fineTuneInBrowser({ folder: built, device: 'wasm', steps: 150, checksScores: true, screenshot }),
    // A GPU in software is slow: a few steps, after which the loss is lower and the rankings are not yet better.
    await fineTuneInBrowser({ folder: built, device: 'webgpu', steps: 4, checksScores: false }),
  ]
  for (const { lines, problems } of outcomes) {
    for (const line of lines) console.log(line)
    for (const problem of problems) console.error(`Problem: ${problem}`)
    if (problems.length > 0) process.exitCode = 1
  }
  console.log('Screenshot: reports/onnx-browser.png')
}
