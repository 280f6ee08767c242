import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { findChromium } from '../../../test-support/chromium.ts'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { preprocessor } from '../../transformers/test/support/models.ts'
import {
  largestDifference,
  logitsInChromium,
  logitsInNode,
  logitsInOnnxRuntime,
} from '../../transformers/test/support/saved-logits.ts'
import { dbloss } from './collect.ts'
import { checkReport } from './report/check-report.ts'
import { embeddedNumbers } from './report/embedded-numbers.ts'
import { picturesAndBackbone, trainedModel } from './support.ts'

test('every number of the report of a training follows from the predictions file', async () => {
  const { root, photos, backbone } = await picturesAndBackbone()
  // Labels that no training agrees with, so that there are mistakes to count.
  const metadata = join(photos, 'test/metadata.jsonl')
  const named = readFileSync(metadata, 'utf8').trimEnd().split('\n')
  const mislabelled = named.map((line, index) => (index % 4 === 1 ? line.replace(/\[.*\]/, '["blue"]') : line))
  writeFileSync(metadata, mislabelled.join('\n'))
  const [model, output] = [join(root, 'model'), join(root, 'report.html')]
  const argv = ['train', photos, '--model', backbone, '--output', model, '--epochs', '60', '--learning-rate', '0.05']
  expect(await dbloss([...argv, '--loss', 'bce', '--compare', 'db/class-aware'])).toMatchObject({ code: 0 })
  expect(await dbloss(['report', model, '--output', output])).toMatchObject({ code: 0 })
  const page = readFileSync(output, 'utf8')
  const predictions = readFileSync(join(model, 'predictions.jsonl'), 'utf8')
  const { compared, differences } = checkReport(page, predictions)
  expect(differences).toEqual([])
  expect(compared).toBeGreaterThan(80)
  expect(embeddedNumbers(page).comparison.runs[0]!.map.all.estimate).toBeLessThan(0.99)
  // A label more on one picture shows.
  const [header, ...lines] = predictions.split('\n')
  const changed = lines.map((line) => line.replace(/("test\/3.jpg".*"labels":)\[\]/, '$1[0]'))
  const found = checkReport(page, [header, ...changed].join('\n')).differences.join('\n')
  for (const measure of ['positives of', 'mAP of', 'AP of', 'macro F1 of']) expect(found).toContain(measure)
})

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined

describeTarget('a saved model', 'chromium', missing, () => {
  test('has the same logits in Node, in Chromium and in ONNX Runtime alone', async () => {
    const { root, model, photos } = await trainedModel()
    const { width, height } = preprocessor.size
    const pictures = [0, 1, 2, 4].map((index) => join(root, `${index}.png`))
    for (const [place, picture] of pictures.entries()) {
      await sharp(join(photos, `test/${place}.jpg`))
        .resize(width, height, { fit: 'fill' })
        .png()
        .toFile(picture)
    }
    const inNode = await logitsInNode(model, pictures)
    expect(inNode.map((row) => row.length)).toEqual(pictures.map(() => 3))
    // Single precision, summed in another order.
    expect(largestDifference(inNode, await logitsInChromium(model, pictures))).toBeLessThan(1e-5)
    expect(largestDifference(inNode, await logitsInOnnxRuntime(model, pictures))).toBeLessThan(1e-5)
    // It tells pictures apart, so that equal rows would show.
    expect(largestDifference(inNode, [...inNode.slice(1), inNode[0]!])).toBeGreaterThan(0.1)
  })
})
