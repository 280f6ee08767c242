import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { withPage } from '../../../test-support/chromium.ts'
import { drawPicture, type PictureFile } from './drawn-pictures.ts'
import { PageDriver } from './page-driver.ts'
import { largestDifference, scoresInNode } from './scores-in-node.ts'
import { siteWith } from './site.ts'
import { smallModel } from './small-model.ts'

const textFile: PictureFile = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') }
/** Scores of float32 by two builds of ONNX Runtime that sum in another order. */
const tolerance = 1e-5

/**
 * Does all that the page is for, and what a visitor may do wrong, with a small model of random weights and pictures of
 * stripes that need no resizing.
 *
 * @returns what was seen.
 * @throws Error at the first thing that is not as it should be.
 */
export function visitWithDrawnPictures(folder: string): Promise<string> {
  return withPage(siteWith(folder, 'small', smallModel()), async (page) => {
    const driver = new PageDriver(page)
    await makeMistakes(driver)
    await givePictures(driver)
    // With 8 random features it takes more passes than with a real model.
    await page.fill('#epochs', '1500')
    await driver.train()
    const scores = await checkScores(driver)

    const unseen = await drawPicture('unseen.png', ['red', 'green'], 99)
    const tried = await driver.tryPicture(unseen)
    assert.deepEqual(found(tried), ['green', 'red'], 'the labels found in a new picture')
    await driver.page.setInputFiles('#try-file', textFile)
    await driver.problem('try', /cannot read notes\.txt/)

    const difference = largestDifference(tried, await scoresInNode(await driver.download(), unseen))
    assert(difference <= tolerance, `the downloaded model differs by ${difference}; expected ${tolerance}`)

    await driver.train()
    assert.deepEqual(await driver.scoresOf('red-0.png'), scores, 'the scores of a second training')
    await leaveAndStop(page, driver)
    assert.deepEqual(await driver.scoresOf('red-0.png'), scores, 'the scores after a training that was stopped')
    assert.deepEqual(driver.complaints, [], 'messages in the console')
    return `labels are found, and the downloaded model gives the same scores in Node within ${difference.toExponential(1)}`
  })
}

/** Each mistake is answered on the page, and does no harm. */
async function makeMistakes(driver: PageDriver): Promise<void> {
  const { page } = driver
  await page.click('#train')
  await driver.problem('training', /no pictures yet/)
  await driver.choosePictures([textFile, await drawPicture('red-0.png', ['red'], 0)], 1)
  await driver.problem('picture', /cannot read it as a picture: notes\.txt/)
  await page.click('#train')
  await driver.problem('training', /No picture has a label/)
  await driver.typeLabels('red-0.png', 'red')
  await page.click('#train')
  await driver.problem('training', /Only one picture has a label/)
  await driver.choosePictures([await drawPicture('red-1.png', ['red'], 1)], 2)
  await driver.typeLabels('red-1.png', 'red')
  await page.click('#train')
  await driver.problem('training', /All pictures that have a label show 'red'/)
  await driver.choosePictures([await drawPicture('blue.png', ['blue'], 2)], 3)
  await driver.typeLabels('blue.png', 'blue')
  await page.route('https://huggingface.co/**', (route) => route.fulfill({ status: 404 }))
  await page.fill('#backbone', 'nobody/nothing')
  await page.click('#train')
  await driver.problem('training', /'nobody\/nothing' is neither in the folder/)
  await page.click('[aria-label="Remove blue.png"]')
  await page.click('[aria-label="Remove the label blue"]')
  await page.fill('#backbone', 'small')
  assert.equal(await page.getAttribute('main', 'data-state'), 'ready')
}

/** Of red many, of the others few: typed, dropped onto labels, and one without. */
async function givePictures(driver: PageDriver): Promise<void> {
  const { page } = driver
  const reds = await Promise.all([2, 3, 4, 5].map((seed) => drawPicture(`red-${seed}.png`, ['red'], seed)))
  await driver.choosePictures(reds, 6)
  for (const { name } of reds) await driver.typeLabels(name, ' red ,red')
  const mixed = await drawPicture('mixed.png', ['red', 'green'], 10)
  await driver.choosePictures([mixed, await drawPicture('unlabelled.png', ['blue'], 11)], 8)
  await driver.typeLabels('mixed.png', 'red, green')
  await page.fill('#label-name', 'blue')
  await page.press('#label-name', 'Enter')
  await driver.dropOnLabel('blue', [
    await drawPicture('blue-0.png', ['blue'], 20),
    await drawPicture('blue-1.png', ['blue'], 21),
  ])
  await page.setInputFiles('[data-label=green] input', [await drawPicture('green-0.png', ['green'], 30), mixed])
  await page.waitForSelector('.card[data-name="green-0.png"]')
  assert.equal(await page.inputValue('.card[data-name="mixed.png"] input'), 'red, green', 'a picture that comes twice')
  assert.match((await page.textContent('#summary')) ?? '', /^10 of 11 pictures have labels.*no label: 1\.$/)
}

/** @returns the scores of the first picture. */
async function checkScores(driver: PageDriver): Promise<Record<string, number>> {
  const expected = {
    'red-0.png': ['red'],
    'mixed.png': ['green', 'red'],
    'blue-0.png': ['blue'],
    'unlabelled.png': ['blue'],
  }
  for (const [name, labels] of Object.entries(expected)) {
    assert.deepEqual(found(await driver.scoresOf(name)), labels, `the labels found in ${name}`)
  }
  assert.match((await driver.page.textContent('#status')) ?? '', /trained on 10 pictures with 3 labels/)
  assert.equal(await driver.page.locator('#curve svg polyline').count(), 1, 'the curve of the loss')
  return driver.scoresOf('red-0.png')
}

/** The browser asks before a training is lost; then it is stopped by its button. */
async function leaveAndStop(page: Page, driver: PageDriver): Promise<void> {
  await page.fill('#epochs', '10000')
  await page.click('#train')
  await driver.waitForState('working')
  const [dialog] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })])
  assert.equal(dialog.type(), 'beforeunload')
  await dialog.dismiss()
  await page.click('#stop')
  await driver.waitForState('done')
  assert.match((await page.textContent('#status')) ?? '', /^Stopped\. The scores are those of the training before/)
}

function found(scores: Record<string, number>): string[] {
  return Object.keys(scores)
    .filter((label) => scores[label]! >= 0.5)
    .sort()
}
