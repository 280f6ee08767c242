import { createHash } from 'node:crypto'
import { RawImage } from '@huggingface/transformers'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { loadBackbone } from '../../src/backbone/backbone.ts'
import { type Augmentations, variantKey, vary } from '../../src/features/augmentations.ts'
import { decodeImage } from '../../src/features/decode-image.ts'
import { extractFeatures } from '../../src/features/extract-features.ts'
import { poolerModel, writeModel } from '../support/models.ts'
import { generatedImages } from './support/generated-images.ts'

/** Each pixel tells its place: red the column, green the row. */
function places(width: number, height: number): RawImage {
  const data = new Uint8ClampedArray(width * height * 3)
  for (let place = 0; place < width * height; place++) {
    data[3 * place] = place % width
    data[3 * place + 1] = Math.floor(place / width)
  }
  return new RawImage(data, width, height, 3)
}

const keyOf = (name: string | number) => createHash('sha256').update(String(name)).digest('hex')

describe('a variant', () => {
  test('is a window of the wanted share and ratio, perhaps mirrored, pixel by pixel', () => {
    const dimension = fc.integer({ min: 1, max: 200 })
    const share = fc.double({ min: 0.05, max: 1, noNaN: true })
    fc.assert(
      fc.property(dimension, dimension, share, fc.nat(), fc.boolean(), (width, height, crops, name, flip) => {
        const variant = vary(places(width, height), keyOf(name), { variants: 1, crops, flip })
        const isWhole = variant.width === width && variant.height === height
        if (!isWhole) {
          // Both sides are rounded to whole pixels.
          const slack = (variant.width + variant.height + 1) / 2
          expect(variant.width * variant.height).toBeGreaterThan(crops * width * height - slack)
          expect(variant.width - 0.5).toBeLessThanOrEqual((4 / 3) * (variant.height + 0.5))
          expect(variant.height - 0.5).toBeLessThanOrEqual((4 / 3) * (variant.width + 0.5))
        }
        const [left, top] = [variant.data[0]!, variant.data[1]!]
        const isMirrored = variant.width > 1 && variant.data[3]! < left
        if (!flip) expect(isMirrored).toBe(false)
        const expected = Array.from({ length: variant.width * variant.height }, (_, place) => {
          const [column, row] = [place % variant.width, Math.floor(place / variant.width)]
          return [isMirrored ? left - column : left + column, top + row, 0]
        })
        expect([...variant.data]).toEqual(expected.flat())
      }),
    )
  })

  test('leaves the photograph as it is, and is the whole of it without settings', () => {
    const image = places(7, 5)
    const before = image.data.slice()
    expect(vary(image, keyOf(1), { variants: 1 }).data).toEqual(before)
    vary(image, keyOf(2), { variants: 1, flip: true, crops: 0.2, colour: 1 })
    expect(image.data).toEqual(before)
  })

  test('half of them are mirrored, and windows lie everywhere', () => {
    const variants = Array.from({ length: 400 }, (_, name) =>
      vary(places(100, 100), keyOf(name), { variants: 1, flip: true, crops: 0.3 }),
    )
    const mirrored = variants.filter(({ data }) => data[3]! < data[0]!)
    // 400 throws of a coin: five standard deviations are 50.
    expect(Math.abs(mirrored.length - 200)).toBeLessThan(50)
    const rows = variants.map(({ data }) => data[1]!)
    expect(Math.min(...rows)).toBe(0)
    expect(Math.max(...rows)).toBeGreaterThan(30)
  })

  test('colours: factors of grey pictures and of pure colours', () => {
    const grey = new RawImage(new Uint8ClampedArray(300).fill(100), 10, 10, 3)
    const lights = Array.from({ length: 200 }, (_, name) => vary(grey, keyOf(name), { variants: 1, colour: 0.4 }).data)
    // Contrast and saturation leave a grey picture; brightness multiplies by 0.6 … 1.4.
    for (const data of lights) expect(new Set(data).size).toBe(1)
    expect(Math.min(...lights.map(([value]) => value!))).toBeGreaterThanOrEqual(60)
    expect(Math.max(...lights.map(([value]) => value!))).toBeLessThanOrEqual(140)
    expect(new Set(lights.map(([value]) => value)).size).toBeGreaterThan(40)
  })

  test('colours: what torchvision makes of the same pixels', () => {
    // torchvision 0.14.1, Pillow 9.4.0: adjust_brightness by 0.8225, adjust_contrast by 1.2669, adjust_saturation by 1.1931,
    // the factors that this key gives.
    const pixels = [
      [184, 98, 149, 37, 161, 225, 136, 23, 202, 128, 215, 74],
      [2, 7, 219, 161, 66, 241, 9, 67, 23, 127, 122, 224],
    ].flat()
    const expected = [
      [179, 71, 134, 0, 149, 229, 128, 0, 212, 101, 208, 33],
      [0, 0, 240, 153, 35, 252, 0, 49, 0, 106, 100, 227],
    ].flat()
    const image = new RawImage(Uint8ClampedArray.from(pixels), 4, 2, 3)
    const { data } = vary(image, keyOf('colours'), { variants: 1, colour: 0.5 })
    // Pillow cuts off to whole values after each of the three steps and for the mean grey; here two are rounded.
    for (const [place, value] of expected.entries()) expect(Math.abs(data[place]! - value)).toBeLessThanOrEqual(3)
  })

  test('is told apart by image, number, seed and settings', () => {
    const settings: readonly Augmentations[] = [
      { variants: 1 },
      { variants: 1, flip: true },
      { variants: 1, crops: 0.5 },
      { variants: 1, colour: 0.5 },
      { variants: 1, seed: 1 },
    ]
    const keys = ['a', 'b'].flatMap((image) =>
      settings.flatMap((each) => [0, 1].map((index) => variantKey(keyOf(image), index, each))),
    )
    expect(new Set(keys).size).toBe(20)
    // The number of variants does not matter to the first of them.
    expect(variantKey(keyOf('a'), 0, { variants: 9 })).toBe(variantKey(keyOf('a'), 0, { variants: 1 }))
    expect(variantKey(keyOf('a'), 0, { variants: 1, flip: false, crops: 1, colour: 0, seed: 0 })).toBe(keys[0])
  })

  test.each([
    [{ variants: 0 }, /augmentations.variants is 0/],
    [{ variants: 1, crops: 0 }, /augmentations.crops is 0/],
    [{ variants: 1, crops: 1.1 }, /augmentations.crops is 1.1/],
    [{ variants: 1, colour: 2 }, /augmentations.colour is 2/],
    [{ variants: 1, seed: -1 }, /augmentations.seed is -1/],
  ])('%j is refused', async (augmentations, message) => {
    const backbone = await loadBackbone(writeModel(temporaryFolder(), poolerModel()))
    onTestFinished(() => backbone.dispose())
    await expect(extractFeatures(backbone, [], { augmentations })).rejects.toThrow(message)
  })
})

test('the features of variants are those of the varied photographs after the model’s own preprocessing', async () => {
  const backbone = await loadBackbone(writeModel(temporaryFolder(), poolerModel()))
  onTestFinished(() => backbone.dispose())
  const items = generatedImages(5)
  const augmentations = { variants: 3, flip: true, crops: 0.4, colour: 0.3, seed: 7 }
  const { features, variants } = await extractFeatures(backbone, items, { augmentations, batchSize: 4 })
  expect(features).toEqual((await extractFeatures(backbone, items, { batchSize: 4 })).features)
  expect(variants).toHaveLength(3)
  for (const [index, variant] of variants.entries()) {
    for (const [row, item] of items.entries()) {
      const bytes = await item.read()
      const key = variantKey(createHash('sha256').update(bytes).digest('hex'), index, augmentations)
      const varied = vary(await decodeImage(bytes, item.path), key, augmentations)
      const { pixel_values: values } = await backbone.processor(varied)
      const expected = await backbone.run([{ data: values.data as Float32Array, dims: values.dims.slice(1) }])
      const actual = variant.subarray(row * backbone.featureCount, (row + 1) * backbone.featureCount)
      // A convolution may add up in another order for another batch size.
      for (const [place, value] of expected.entries()) expect(Math.abs(actual[place]! - value)).toBeLessThan(1e-6)
      expect(actual).not.toEqual(features.subarray(row * backbone.featureCount, (row + 1) * backbone.featureCount))
    }
  }
})
