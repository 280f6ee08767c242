/** Builds the page, opens it in headless Chromium where there is one, fine-tunes in it, and checks what it shows and gives. */
import { join } from 'node:path'
import { buildPage } from '../../../test-support/build-page.ts'
import { fineTuneInBrowser } from './fine-tune-in-browser.ts'

const page = await buildPage(new URL('..', import.meta.url))
if (page !== undefined) {
  const { folder, reports } = page
  const screenshot = join(reports, 'onnx-browser.png')
  const outcomes = [
    await fineTuneInBrowser({ folder, device: 'wasm', steps: 150, checksScores: true, screenshot }),
    // A GPU in software is slow: a few steps, after which the loss is lower and the rankings are not yet better.
    await fineTuneInBrowser({ folder, device: 'webgpu', steps: 4, checksScores: false }),
  ]
  for (const { lines, problems } of outcomes) {
    for (const line of lines) console.log(line)
    for (const problem of problems) console.error(`Problem: ${problem}`)
    if (problems.length > 0) process.exitCode = 1
  }
  console.log('Screenshot: reports/onnx-browser.png')
}
