import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { binaryCrossEntropy } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { decodeModel, tensorData } from '../src/index.ts'
import { Device } from '../src/trainer/device.ts'
import { ModelSource } from '../src/trainer/model-source.ts'
import { groupParameters } from '../src/trainer/parameter-groups.ts'
import { planTraining } from '../src/trainer/plan-training.ts'
import { TrainingSessions } from '../src/trainer/training-sessions.ts'
import { gradientName } from '../src/trainer/update-graph.ts'

/** What `fixtures/whole-models/README.md` describes. */
interface Truth {
  readonly input: { readonly dims: readonly number[]; readonly data: string }
  readonly labels: readonly (readonly number[])[]
  readonly loss: number
  readonly float32Error: number
  readonly parameters: readonly { readonly parameter: string; readonly value: string; readonly gradient: string }[]
}

const folder = new URL('./fixtures/whole-models/', import.meta.url)
const load = (file: string): Buffer => gunzipSync(readFileSync(new URL(file, folder)))
const floats = (base64: string): Float32Array => {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

const names = [
  ...['vit', 'dinov2', 'torchvision-vit', 'convnext', 'swin'],
  ...['mobilenet-v3', 'efficientnet', 'resnet-50', 'resnext', 'inception'],
]

/** The gradients of every parameter, by the name of the value that the model's nodes read. */
async function gradientsOf(name: string, truth: Truth, recomputedStretches: number) {
  const loss = binaryCrossEntropy()
  const trainable = truth.parameters.map(({ value }) => value)
  const optimizer = { kind: 'sgd', learningRate: 1 } as const
  const model = decodeModel(load(`${name}.onnx.gz`))
  const { plan } = await planTraining(await ModelSource.open(model), {
    ort,
    loss,
    recomputedStretches,
    optimizer,
    trainable,
  })
  expect(plan.segments.length).toBe(recomputedStretches)
  const { precision, trained } = plan
  const update = { optimizer, precision, parameters: groupParameters(trained, [], optimizer), averageDecay: undefined }
  const sessions = new TrainingSessions(ort, new Device(ort, {}, 'float32'), plan, { loss, givesLogits: false }, update)
  const weights = plan.trained.map(({ initializer, shape }) => {
    const values = tensorData(plan.graph.initializers.get(initializer)!) as Float32Array
    return [initializer, new ort.Tensor('float32', values, shape)] as const
  })
  const samples = { inputs: { pixel_values: floats(truth.input.data) }, batchSize: truth.input.dims[0]! }
  const labels = Float32Array.from(truth.labels.flat())
  const { loss: value, gradients } = await sessions.gradients(
    samples,
    { labels, inputs: {} },
    Object.fromEntries(weights),
  )
  await sessions.dispose()
  return { value, of: (parameter: string) => gradients[gradientName(parameter)]!.data as Float32Array }
}

/**
 * Compares with PyTorch in float64: the error as a share of the model's largest derivative, and as a share of each weight's own,
 * where float32 itself, in PyTorch, errs by `float32Error` through cancellation.
 */
async function compare(name: string, recomputedStretches: number, tolerance: number): Promise<void> {
  const truth = JSON.parse(load(`${name}.json.gz`).toString('utf8')) as Truth
  const got = await gradientsOf(name, truth, recomputedStretches)
  expect(Math.abs(got.value - truth.loss)).toBeLessThan(tolerance * truth.loss)

  const expected = truth.parameters.map(({ gradient }) => floats(gradient))
  const largest = Math.max(...expected.map(largestOf))
  const wrong = truth.parameters.filter(({ value }, index) => {
    const own = Math.max(largestOf(expected[index]!), largest / 1000)
    const derivatives = got.of(value)
    expect(derivatives.length).toBe(expected[index]!.length)
    const error = largestOf(expected[index]!.map((derivative, at) => derivative - derivatives[at]!))
    return !(error <= tolerance * largest && error <= Math.max(tolerance, 2 * truth.float32Error) * own)
  })
  expect(wrong.map(({ parameter }) => parameter)).toEqual([])
}

describe('gradients of every weight beside those of PyTorch', () => {
  test.each(names)('%s', (name) => compare(name, 1, 5e-6))

  // The stretches' forward graphs are optimized like any graph for inference: LayerNormalization is fused, and its variance, taken
  // in one pass, rounds more.
  test.each(['torchvision-vit', 'swin', 'resnet-50'])('%s, most of it computed twice', (name) => compare(name, 3, 1e-5))
})

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
}
