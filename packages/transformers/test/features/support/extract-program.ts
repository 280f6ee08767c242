/**
 * Extracts the features of generated images with a cache, as a process of its own that can be killed and measured:
 * `extract-program.ts MODEL CACHE COUNT RESULT`. Prints lines `progress DONE`; at the end `computed IMAGES`, and `memory` with
 * the resident size in bytes when a fifth was done and at the end. Writes the features into RESULT. An error is one line, its code first.
 */
import { writeFileSync } from 'node:fs'
import { isDblossError } from '@dbloss/core'
import { type Backbone, loadBackbone } from '../../../src/backbone/backbone.ts'
import { extractFeatures } from '../../../src/features/extract-features.ts'
import { generatedImages } from './generated-images.ts'

const [model, cache, count, result] = process.argv.slice(2) as [string, string, string, string]

try {
  const loaded = await loadBackbone(model)
  let computed = 0
  const backbone: Backbone = {
    ...loaded,
    run: (images) => {
      computed += images.length
      return loaded.run(images)
    },
  }
  let warm: number | undefined
  const { features } = await extractFeatures(backbone, generatedImages(Number(count)), {
    cache,
    onProgress: ({ done, total }) => {
      console.log(`progress ${done}`)
      if (done >= total / 5) warm ??= residentSize()
    },
  })
  console.log(`computed ${computed}`)
  console.log(`memory ${warm} ${residentSize()}`)
  writeFileSync(result, features)
} catch (error) {
  if (!isDblossError(error)) throw error
  console.log(`${error.code} ${error.message}`)
}

/** What is alive: without what a collection would free. */
function residentSize(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}
