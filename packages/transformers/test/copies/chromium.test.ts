import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { findChromium } from '../../../../test-support/chromium.ts'
import { describeTarget } from '../../../../test-support/describe-target.ts'
import { logitsInChromium, logitsInNode } from '../support/saved-logits.ts'
import { changeConfig, trained } from './support.ts'

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined

describeTarget('copies in Chromium', 'chromium', missing, () => {
  test('of 8 bits are loaded by their dtype, and give nearly what the model gives in Node', async () => {
    const { output, data } = (await trained({ copies: ['q8'] })).options
    // Of the size that the model takes, so that nothing is resized.
    const picture = join(output, 'picture.png')
    await sharp(join(data, 'test/2.jpg')).resize(16, 16).png().toFile(picture)
    const [expected] = await logitsInNode(output, [picture])
    changeConfig(output, { 'transformers.js_config': { dtype: 'q8' } })
    const [copied] = await logitsInChromium(output, [picture])
    const difference = Math.max(...expected!.map((logit, index) => Math.abs(logit - copied![index]!)))
    // 8 bits change logits by some tenths of a percent. In Node and here the copy's own logits differ by as much, though
    // those of the float32 model agree to 1e-5.
    expect(difference).toBeLessThan(0.02 * Math.max(...expected!.map(Math.abs)))
    expect(difference).toBeGreaterThan(1e-4)
  })
})
