import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withPage } from '../../../test-support/chromium.ts'
import type { PictureFile } from './drawn-pictures.ts'
import { PageDriver } from './page-driver.ts'
import { siteWith } from './site.ts'

const model = 'mobilenet_v1_1.0_224_pw12'
/** Photographs of each label in training, and that are tried. */
const [trainedPerLabel, triedPerLabel] = [8, 5]
const labels = ['desert', 'sea', 'trees']

interface Photograph extends PictureFile {
  readonly labels: readonly string[]
}

/**
 * Trains on a few real photographs with a real MobileNet, tries others, and takes pictures of the page.
 *
 * @returns what was seen.
 * @throws Error when the scores do not tell the labels apart.
 */
export function visitWithPhotographs(folder: string, realData: string, reports: string): Promise<string> {
  const modelFolder = join(realData, 'models', model)
  const paths = ['config.json', 'preprocessor_config.json', 'onnx/model.onnx']
  const files = Object.fromEntries(paths.map((path) => [path, readFileSync(join(modelFolder, path))]))
  const scenes = join(realData, 'photos/scenes')
  return withPage(siteWith(folder, model, files), async (page) => {
    const driver = new PageDriver(page)
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.fill('#backbone', model)
    const trained = photographs(join(scenes, 'train'), trainedPerLabel)
    await driver.choosePictures(trained, trained.length)
    for (const photograph of trained) await driver.typeLabels(photograph.name, photograph.labels.join(', '))
    await driver.train()
    let right = 0
    const tried = photographs(join(scenes, 'test'), triedPerLabel)
    for (const photograph of tried) {
      const scores = await driver.tryPicture(photograph)
      const best = Object.keys(scores).sort((one, other) => scores[other]! - scores[one]!)[0]!
      if (photograph.labels.includes(best)) right++
    }
    await takePictures(driver, reports)
    // By chance a third would be right.
    assert(right >= 0.6 * tried.length, `the highest score is right for ${right} of ${tried.length} new photographs`)
    assert.deepEqual(driver.complaints, [], 'messages in the console')
    return `the highest score is right for ${right} of ${tried.length} new ones after ${trained.length} in training; screenshots in reports/`
  })
}

/** The first photographs that have only one label, so many of each. */
function photographs(folder: string, perLabel: number): Photograph[] {
  const lines = readFileSync(join(folder, 'metadata.jsonl'), 'utf8').trim().split('\n')
  const all = lines.map((line) => JSON.parse(line) as { file_name: string; labels: readonly string[] })
  return labels.flatMap((label) =>
    all
      .filter((photograph) => photograph.labels.join() === label)
      .slice(0, perLabel)
      .map((photograph) => ({
        name: photograph.file_name,
        mimeType: 'image/jpeg',
        buffer: readFileSync(join(folder, photograph.file_name)),
        labels: photograph.labels,
      })),
  )
}

async function takePictures({ page }: PageDriver, reports: string): Promise<void> {
  for (const [name, width, colorScheme] of [
    ['wide', 1280, 'light'],
    ['wide-dark', 1280, 'dark'],
    ['narrow', 390, 'light'],
    ['narrow-dark', 390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    // The curve is drawn anew for another width.
    await page.waitForFunction(() => document.querySelector('#curve svg')!.clientWidth <= window.innerWidth)
    await page.screenshot({ path: join(reports, `transformers-browser-${name}.png`), fullPage: true })
  }
}
