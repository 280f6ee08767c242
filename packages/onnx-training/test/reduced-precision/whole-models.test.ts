import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { decodeModel, eightBitCopy, halfPrecisionCopy } from '../../src/index.ts'
import { runModel } from '../trainer/support/run-model.ts'
import { relativeDifference } from './support.ts'

const folder = new URL('../fixtures/whole-models/', import.meta.url)
const load = (file: string): Buffer => gunzipSync(readFileSync(new URL(file, folder)))

/**
 * What real exports with random weights give in other precisions, as a share of the largest logit.
 *
 * In 8 bits a weight is off by up to 1/254 of the largest of its channel, on average by a third of a percent of a usual weight;
 * some twenty layers whose errors are independent make a few percent. In float16 each layer errs by about a roundoff, 2^-11.
 */
const copies = [
  [eightBitCopy, 0.1],
  [halfPrecisionCopy, 20 * 2 ** -11],
] as const

test.each(['torchvision-vit', 'convnext', 'efficientnet', 'resnext'])('%s', async (name) => {
  const model = decodeModel(load(`${name}.onnx.gz`))
  const { input } = JSON.parse(load(`${name}.json.gz`).toString('utf8')) as {
    input: { dims: readonly number[]; data: string }
  }
  const bytes = Uint8Array.from(Buffer.from(input.data, 'base64'))
  const images = { pixel_values: { data: new Float32Array(bytes.buffer), dims: input.dims } }
  const expected = await runModel(model, images)
  for (const [copyOf, tolerance] of copies) {
    expect(relativeDifference(expected, await runModel(copyOf(model), images))).toBeLessThan(tolerance)
  }
})
