import { fileURLToPath } from 'node:url'
import * as node from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { bundle } from '../../../../test-support/bundle.ts'
import { findChromium, withPage } from '../../../../test-support/chromium.ts'
import { describeTarget } from '../../../../test-support/describe-target.ts'
import { largestDifference } from './support/create.ts'
import type {} from './support/training-page.ts'
import { createVisionTrainer, trainVision } from './support/vision-training.ts'

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined
// Headless Chromium has no GPU here; SwiftShader is one in software.
const flags = ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

describeTarget('training with onnxruntime-web in Chromium', 'chromium', missing, () => {
  test.each(['wasm', 'webgpu'] as const)(
    'five steps on %s equal those with onnxruntime-node',
    { timeout: 240_000 },
    async (provider) => {
      const pages = {
        '/index.html': '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
        '/page.js': await bundle(new URL('./support/training-page.ts', import.meta.url)),
      }
      // The runtime loads its WebAssembly from beside the page's program.
      const folder = fileURLToPath(new URL('.', import.meta.resolve('onnxruntime-web/wasm')))
      const got = await withPage({ pages, folder, flags }, async (page) => {
        await page.waitForFunction(() => 'train' in globalThis)
        return page.evaluate((name) => globalThis.train(name), provider)
      })
      const trainer = await createVisionTrainer(node, {})
      const expected = await trainVision(trainer)
      await trainer.dispose()
      // Float32 with sums of some hundred terms, through five steps that go on from each other.
      expect(largestDifference({ losses: got.losses }, { losses: expected.losses })).toBeLessThan(1e-5)
      expect(largestDifference(got.weights, expected.weights)).toBeLessThan(1e-4)
    },
  )
})
