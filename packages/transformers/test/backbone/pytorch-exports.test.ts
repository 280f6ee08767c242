import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { decodeModel, tensorData } from '@dbloss/onnx-training'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { loadBackbone } from '../../src/backbone/backbone.ts'
import { applyHead, type LinearHead } from '../../src/linear-head.ts'
import { preprocessor, writeModel } from '../support/models.ts'

/** What PyTorch exported, and computed itself; see the README there. */
const fixtures = fileURLToPath(new URL('../../../onnx-training/test/fixtures/whole-models/', import.meta.url))
const names = readdirSync(fixtures).flatMap((file) =>
  file.endsWith('.onnx.gz') ? [file.slice(0, -'.onnx.gz'.length)] : [],
)

interface Expected {
  readonly input: { readonly dims: readonly [number, number, number, number]; readonly data: string }
  /** [images, classes] */
  readonly logits: readonly (readonly number[])[]
  readonly parameters: readonly { parameter: string; initializer: string; dims: readonly number[] }[]
}

function unzipped(file: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, file)))
}

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer)
}

/** The head by the names that its parameters have in PyTorch. */
function headOf(model: Uint8Array, { parameters }: Expected): LinearHead {
  const { graph } = decodeModel(model)
  const valuesOf = (initializer: string) =>
    tensorData(graph!.initializer.find(({ name }) => name === initializer)!) as Float32Array
  // The head comes last.
  const weight = parameters.findLast(({ dims }) => dims.length === 2)!
  const bias = valuesOf(parameters.findLast(({ parameter }) => parameter.endsWith('bias'))!.initializer)
  const classCount = bias.length
  const values = valuesOf(weight.initializer)
  if (weight.dims[1] === classCount) return { weights: values, bias, classCount }
  const featureCount = values.length / classCount
  const at = (index: number) => values[(index % classCount) * featureCount + Math.floor(index / classCount)]!
  return { weights: values.map((_, index) => at(index)), bias, classCount }
}

describe('classifiers that PyTorch exported', () => {
  test.each(names)('%s: the features with the old head make the logits that PyTorch computed', async (name) => {
    const bytes = unzipped(`${name}.onnx.gz`)
    const expected = JSON.parse(unzipped(`${name}.json.gz`).toString('utf8')) as Expected
    const [count, channels, height, width] = expected.input.dims
    const folder = writeModel(temporaryFolder(), bytes)
    const settings = { ...preprocessor, size: { height, width } }
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(settings))
    const backbone = await loadBackbone(folder)
    onTestFinished(() => backbone.dispose())

    const pixels = floats(expected.input.data)
    const images = Array.from({ length: count }, (_, index) => ({
      data: pixels.slice((index * pixels.length) / count, ((index + 1) * pixels.length) / count),
      dims: [channels, height, width],
    }))
    const logits = applyHead(headOf(bytes, expected), await backbone.run(images))
    const golden = expected.logits.flat()
    const scale = Math.max(...golden.map(Math.abs))
    expect(logits).toHaveLength(golden.length)
    // PyTorch computed in float64; float32 loses this much over some fifty layers.
    for (const [index, value] of golden.entries()) expect(Math.abs(logits[index]! - value)).toBeLessThan(1e-4 * scale)
  })
})
