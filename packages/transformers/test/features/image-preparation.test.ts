import { mkdirSync, writeFileSync } from 'node:fs'
import { createRandom } from '@dbloss/core'
import { AutoImageProcessor, type ImageProcessor, RawImage } from '@huggingface/transformers'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { imagePreparation, toPixelValues } from '../../src/features/image-preparation.ts'

async function processorOf(config: Record<string, unknown>): Promise<ImageProcessor> {
  const folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/preprocessor_config.json`, JSON.stringify(config))
  return AutoImageProcessor.from_pretrained(folder)
}

/** Noise, in which a pixel that is off by one place or one grey level shows. */
function picture(width: number, height: number, channels: 1 | 3 | 4): RawImage {
  const random = createRandom(width * height + channels)
  const data = Uint8ClampedArray.from({ length: width * height * channels }, () => random.integer(256))
  return new RawImage(data, width, height, channels)
}

const imageNet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] }
const clip = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
}
const half = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
const common = { do_resize: true, do_rescale: true, rescale_factor: 1 / 255, do_normalize: true }

/** As the families' own `preprocessor_config.json` has it, at a smaller size. */
const processors: Record<string, Record<string, unknown>> = {
  ViT: { ...common, ...half, image_processor_type: 'ViTImageProcessor', size: { height: 32, width: 32 }, resample: 2 },
  DINOv2: {
    ...common,
    ...imageNet,
    image_processor_type: 'BitImageProcessor',
    size: { shortest_edge: 37 },
    do_center_crop: true,
    crop_size: { height: 32, width: 32 },
    do_convert_rgb: true,
    resample: 3,
  },
  DINOv3: {
    ...common,
    ...imageNet,
    image_processor_type: 'DINOv3ViTImageProcessorFast',
    size: { height: 32, width: 32 },
    do_center_crop: null,
    do_convert_rgb: null,
    do_pad: null,
    resample: 2,
  },
  SigLIP: {
    ...common,
    ...half,
    image_processor_type: 'SiglipImageProcessor',
    size: { height: 32, width: 32 },
    resample: 3,
  },
  CLIP: {
    ...common,
    ...clip,
    image_processor_type: 'CLIPImageProcessor',
    size: { shortest_edge: 32 },
    do_center_crop: true,
    crop_size: 32,
    resample: 3,
  },
  ConvNeXt: {
    ...common,
    ...imageNet,
    image_processor_type: 'ConvNextFeatureExtractor',
    size: { shortest_edge: 32 },
    crop_pct: 0.875,
    resample: 3,
  },
  'EfficientNet, which divides by the square of the deviation': {
    ...common,
    ...imageNet,
    image_processor_type: 'EfficientNetImageProcessor',
    size: { height: 32, width: 32 },
    include_top: true,
    resample: 0,
  },
  MobileNet: {
    ...common,
    ...half,
    image_processor_type: 'MobileNetV2ImageProcessor',
    size: { shortest_edge: 36 },
    do_center_crop: true,
    crop_size: { height: 32, width: 32 },
    resample: 2,
  },
  'a crop beyond the image': {
    ...common,
    ...imageNet,
    image_processor_type: 'CLIPImageProcessor',
    size: { height: 24, width: 24 },
    do_center_crop: true,
    crop_size: { height: 32, width: 32 },
  },
  'one mean for all channels, other factor': {
    ...common,
    image_processor_type: 'ViTImageProcessor',
    image_mean: 0.4,
    image_std: 0.3,
    rescale_factor: 1 / 127.5,
    size: { height: 20, width: 24 },
  },
  'no rescaling': { ...common, ...half, do_rescale: false, size: { height: 8, width: 8 } },
  'no normalisation': { ...common, do_normalize: false, size: { height: 8, width: 8 } },
  'no resizing': { ...common, ...half, do_resize: false },
  'padding, by the library': {
    ...common,
    ...half,
    size: { shortest_edge: 20 },
    do_pad: true,
    pad_size: { height: 48, width: 64 },
  },
  'another order of channels, by the library': {
    ...common,
    ...half,
    do_flip_channel_order: true,
    size: { height: 8, width: 8 },
  },
  'a margin that is cut off, by the library': {
    ...common,
    ...half,
    do_crop_margin: true,
    size: { height: 8, width: 8 },
  },
  'thumbnails, by the library': {
    ...common,
    ...half,
    image_processor_type: 'DonutImageProcessor',
    do_thumbnail: true,
    do_resize: false,
    size: { height: 20, width: 20 },
    do_pad: false,
  },
}

describe('preparation is that of transformers.js, bit for bit', () => {
  test.each(Object.entries(processors))('%s', async (_, config) => {
    const processor = await processorOf(config)
    const prepare = await imagePreparation(processor)
    for (const [width, height] of [
      [61, 47],
      [40, 66],
      [32, 32],
    ] as const) {
      for (const channels of [3, 1, 4] as const) {
        const image = picture(width, height, channels)
        const expected = await toPixelValues(image.clone(), processor)
        const actual = await prepare(image)
        expect(actual.dims).toEqual(expected.dims)
        expect(
          Buffer.from(actual.data.buffer).equals(
            Buffer.from(expected.data.buffer, expected.data.byteOffset, expected.data.byteLength),
          ),
        ).toBe(true)
      }
    }
  })

  test('a processor that does something else after all is used as it is', async () => {
    const processor = await processorOf(processors.ViT!)
    const { resize } = processor
    // Whatever the settings say: its results differ from those of the table.
    let calls = 0
    processor.resize = async (image) => {
      const resized = await resize.call(processor, image)
      resized.data[0] = calls++ % 256
      return resized
    }
    const prepare = await imagePreparation(processor)
    calls = 7
    const { data } = await prepare(picture(40, 40, 3))
    calls = 7
    expect(data).toEqual((await toPixelValues(picture(40, 40, 3), processor)).data)
  })
})
