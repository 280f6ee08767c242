/**
 * Extracts the features of generated images with a cache, as a process of its own that can be measured: `extract-program.ts
 * MODEL CACHE COUNT`. Prints `memory` with the resident size in bytes when a fifth was done and at the end. An error is one line,
 * its code first.
 */
import { isDblossError } from '@dbloss/core'
import { loadBackbone } from '../../../src/backbone/backbone.ts'
import { extractFeatures } from '../../../src/features/extract-features.ts'
import { generatedImages } from './generated-images.ts'

const [model, cache, count] = process.argv.slice(2) as [string, string, string]

try {
  let warm: number | undefined
  await extractFeatures(await loadBackbone(model), generatedImages(Number(count)), {
    cache,
    onProgress: ({ done, total }) => {
      if (done >= total / 5) warm ??= residentSize()
    },
  })
  console.log(`memory ${warm} ${residentSize()}`)
} catch (error) {
  if (!isDblossError(error)) throw error
  console.log(`${error.code} ${error.message}`)
}

/** What is alive: without what a collection would free. */
function residentSize(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
