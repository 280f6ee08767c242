import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ort } from '@dbloss/onnx-training'
import { AutoModelForImageClassification, AutoProcessor, RawImage, type Tensor } from '@huggingface/transformers'
import sharp from 'sharp'
import { bundle } from '../../../../test-support/bundle.ts'
import { withPage } from '../../../../test-support/chromium.ts'

declare global {
  /** Set by the page: the logits of the model in `/models/saved/`, a row a picture. */
  var logitsOf: (pictures: readonly string[]) => Promise<number[][]>
}

const library = createRequire(fileURLToPath(import.meta.resolve('@huggingface/transformers')))

/** The logits of a saved model for pictures, a row a picture: transformers.js in Node. */
export async function logitsInNode(model: string, pictures: readonly string[]): Promise<number[][]> {
  const processor = await AutoProcessor.from_pretrained(model)
  const classifier = await AutoModelForImageClassification.from_pretrained(model)
  try {
    const rows: number[][] = []
    for (const picture of pictures) {
      const { logits } = (await classifier(await processor(await RawImage.read(picture)))) as { logits: Tensor }
      rows.push(Array.from(logits.data as Float32Array))
    }
    return rows
  } finally {
    await classifier.dispose()
  }
}

/** The same of PNG files: transformers.js in headless Chromium, in WebAssembly. */
export async function logitsInChromium(model: string, pictures: readonly string[]): Promise<number[][]> {
  const files = readdirSync(model, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(json|onnx)$/.test(name))
  const pages = Object.fromEntries([
    ['/index.html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'],
    ['/page.js', await bundle(new URL('./logits-page.ts', import.meta.url))],
    ...files.map((name) => [`/models/saved/${name.replaceAll('\\', '/')}`, readFileSync(join(model, name))] as const),
    ...pictures.map((picture, index) => [`/${index}.png`, readFileSync(picture)] as const),
  ])
  // The runtime loads its WebAssembly from beside the page's program: that of the version that transformers.js pins.
  return withPage({ pages, folder: dirname(library.resolve('onnxruntime-web')) }, async (page) => {
    await page.waitForFunction(() => 'logitsOf' in globalThis)
    return page.evaluate(
      (names) => globalThis.logitsOf(names),
      pictures.map((_, index) => `/${index}.png`),
    )
  })
}

/**
 * The same by ONNX Runtime alone, for pictures that need no resizing: decoded by sharp, cropped in the middle, scaled to
 * [0, 1] and normalised here, as `preprocessor_config.json` says.
 */
export async function logitsInOnnxRuntime(model: string, pictures: readonly string[]): Promise<number[][]> {
  // Two versions of it in a process crash: that of transformers.js.
  const ort: Ort = createRequire(library.resolve('onnxruntime-node'))('onnxruntime-node')
  const config = JSON.parse(readFileSync(join(model, 'preprocessor_config.json'), 'utf8'))
  const { width, height } = config.crop_size ?? config.size
  const session = await ort.InferenceSession.create(readFileSync(join(model, 'onnx/model.onnx')))
  try {
    const rows: number[][] = []
    for (const picture of pictures) {
      const whole = await sharp(picture).metadata()
      const left = Math.floor((whole.width - width) / 2)
      const top = Math.floor((whole.height - height) / 2)
      const bytes = await sharp(picture).extract({ left, top, width, height }).removeAlpha().raw().toBuffer()
      const pixels = new Float32Array(3 * width * height)
      bytes.forEach((value, index) => {
        const [place, channel] = [Math.floor(index / 3), index % 3]
        pixels[channel * width * height + place] =
          (value / 255 - config.image_mean[channel]) / config.image_std[channel]
      })
      const { logits } = await session.run({ pixel_values: new ort.Tensor('float32', pixels, [1, 3, height, width]) })
      rows.push(Array.from(logits!.data as Float32Array))
    }
    return rows
  } finally {
    await session.release?.()
  }
}

/** The largest difference between the numbers of two lists of rows; NaN where their sizes differ. */
export function largestDifference(one: readonly (readonly number[])[], other: readonly (readonly number[])[]): number {
  if (one.flat().length !== other.flat().length) return Number.NaN
  return Math.max(...one.flatMap((row, index) => row.map((value, place) => Math.abs(value - other[index]![place]!))))
}
