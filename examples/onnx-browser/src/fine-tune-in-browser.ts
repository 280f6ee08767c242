import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import type { Page } from 'playwright-core'
import { withPage } from '../../../test-support/chromium.ts'
import type { PageAnswers } from './checked-page.ts'

/** What {@link fineTuneInBrowser} needs. */
interface BrowserFineTuning {
  /** The built page. */
  readonly folder: string
  readonly device: 'wasm' | 'webgpu'
  readonly steps: number
  /** Whether so many steps must have made the model better. */
  readonly checksScores: boolean
  /** Where to keep a picture of the page at the end. Default: nowhere. */
  readonly screenshot?: string
}

/** What {@link fineTuneInBrowser} found. */
interface BrowserOutcome {
  /** For people to read. */
  readonly lines: readonly string[]
  /** What was wrong; empty when all is well. */
  readonly problems: readonly string[]
}

/** Headless Chromium has no GPU here; SwiftShader is one in software. */
const softwareGpu = ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

/** For a machine that is busy with other things too. */
const timeout = 400_000

/** Pictures whose logits are compared. */
const comparedPictures = 16
/** Logits of float32 by two runtimes that sum in another order. */
const tolerance = 1e-4

/** Fine-tunes in the page by clicks as a visitor's, looks at what it shows, and runs the file that it gives in Node. */
export function fineTuneInBrowser({
  folder,
  device,
  steps,
  checksScores,
  screenshot,
}: BrowserFineTuning): Promise<BrowserOutcome> {
  return withPage({ folder, flags: device === 'webgpu' ? softwareGpu : [] }, async (page) => {
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`console: ${message.text()}`)
    })
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
    await page.setViewportSize({ width: 1100, height: 900 })
    await choose(page, device, steps)
    await page.click('#start')
    const status = await waitForState(page, 'done')
    const answers = await page.evaluate((count) => globalThis.answersOfPage(count), comparedPictures)
    problems.push(...checkLosses(answers.losses, steps))
    const [before, after] = [await shownMap(page, 'first'), await shownMap(page, 'second')]
    if (checksScores && !(after > before)) problems.push(`the mAP was ${before} and is ${after}`)
    const difference = await differenceOfDownload(page, answers)
    if (!(difference <= tolerance))
      problems.push(`the downloaded model differs by ${difference}; expected ${tolerance}`)
    if (screenshot !== undefined) await page.screenshot({ path: screenshot, fullPage: true })
    const lines = [
      `${device}: ${status}`,
      `loss ${start(answers.losses).toFixed(4)} → ${end(answers.losses).toFixed(4)}, mAP ${percent(before)} → ${percent(after)}, downloaded model within ${difference.toExponential(1)}`,
    ]
    return { lines, problems }
  })
}

/** The page prepares the model anew for each choice: the slow device comes last. */
async function choose(page: Page, device: string, steps: number): Promise<void> {
  await waitForState(page, 'ready')
  await page.fill('#steps', String(steps))
  await page.press('#steps', 'Tab')
  await waitForState(page, 'ready')
  await page.selectOption('#device', device)
  await waitForState(page, 'ready')
}

/** @throws Error when the page has failed, with what it says. */
async function waitForState(page: Page, state: string): Promise<string> {
  await page.waitForSelector(`main[data-state=${state}], main[data-state=failed]`, { timeout })
  const status = (await page.textContent('#status')) ?? ''
  if ((await page.getAttribute('main', 'data-state')) === 'failed') throw new Error(`the page says: ${status}`)
  return status
}

function checkLosses(losses: readonly number[], steps: number): string[] {
  if (losses.length !== steps) return [`the page has done ${losses.length} steps; expected ${steps}`]
  return end(losses) < start(losses) ? [] : [`the loss did not fall: ${start(losses)} at first, ${end(losses)} at last`]
}

/** The mean of the first quarter, and of the last. */
const start = (losses: readonly number[]) => mean(losses.slice(0, Math.ceil(losses.length / 4)))
const end = (losses: readonly number[]) => mean(losses.slice(-Math.ceil(losses.length / 4)))

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

async function shownMap(page: Page, model: string): Promise<number> {
  return Number.parseFloat((await page.getAttribute(`#result tr.${model} td[data-split=all]`, 'data-value')) ?? '')
}

/** The largest difference between the page's logits and those of the file that it gives, in onnxruntime-node. */
async function differenceOfDownload(page: Page, { pixels, logits }: PageAnswers): Promise<number> {
  const [download] = await Promise.all([page.waitForEvent('download', { timeout }), page.click('#download')])
  const session = await ort.InferenceSession.create(await readFile(await download.path()))
  const size = Math.sqrt(pixels.length / comparedPictures / 3)
  const dims = [comparedPictures, 3, size, size]
  const outputs = await session.run({ pixel_values: new ort.Tensor('float32', Float32Array.from(pixels), dims) })
  await session.release()
  const found = outputs.logits!.data as Float32Array
  return logits.reduce((most, logit, index) => Math.max(most, Math.abs(logit - found[index]!)), 0)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
