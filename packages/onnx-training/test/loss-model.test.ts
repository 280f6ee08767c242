import {
  defineLoss,
  ELEMENTS,
  type Expression,
  evaluate,
  expm1,
  type Loss,
  labelStatistics,
  multiply,
  namedLoss,
  namedLosses,
  negate,
  sigmoid,
  softplus,
} from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { decodeModel, lossModel, onnxAdapter } from '../src/index.ts'

const statistics = labelStatistics(
  Array.from({ length: 60 }, (_, index) => [
    ...(index % 2 ? [0] : []),
    ...(index % 5 ? [] : [1]),
    ...(index % 17 ? [] : [2]),
  ]),
  { classCount: 3 },
)

const batch = {
  logits: Float32Array.of(0.3, -1.2, 2.5, -3, 0.7, 40, -90, 1e4, -1e4),
  labels: Float32Array.of(1, 0, 1, 0, 0.25, 0, -1, 1, 0),
  batchSize: 3,
}

/** The batch with the further inputs of a loss that makes them itself. */
function batchFor(loss: Loss) {
  const source = loss.inputSource?.({ classCount: statistics.classCount })
  return source === undefined ? batch : { ...batch, inputs: source.inputsFor(batch) }
}

async function onnx(loss: Loss, precision: 'float32' | 'float64') {
  const compiled = await onnxAdapter({ ort, precision }).compile(loss)
  const result = await compiled.evaluate(batchFor(loss))
  await compiled.dispose?.()
  return result
}

/** Some ten roundings of numbers as large as the largest; the rest is what the formula itself loses in float32. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, precision: 'float32' | 'float64'): void {
  const scale = Math.max(1, ...Array.from(expected, Math.abs))
  const tolerance = (precision === 'float64' ? 2 ** -52 : 2 ** -23) * 10 * scale
  expect(actual.length).toBe(expected.length)
  for (let index = 0; index < expected.length; index++) {
    expect(Math.abs(actual[index]! - expected[index]!)).toBeLessThanOrEqual(tolerance)
  }
}

describe.each(['float32', 'float64'] as const)('a loss as a model in %s equals the reference', (precision) => {
  test.each(Object.keys(namedLosses))('%s', async (name) => {
    const loss = namedLoss(name, statistics)
    const [actual, expected] = [await onnx(loss, precision), evaluate(loss, batchFor(loss))]
    expectClose([actual.value], [expected.value], precision)
    expectClose(actual.elements ?? [], expected.elements ?? [], precision)
    expectClose(actual.gradient, expected.gradient, precision)
  })
})

describe('single primitives where ONNX Runtime is delicate', () => {
  const values = Float64Array.of(-80, -30, -17, -14, -9, -1e-4, 1e-4, 1, 17, 40)
  const run = async (loss: Loss, precision: 'float32' | 'float64') => {
    const compiled = await onnxAdapter({ ort, precision }).compile(loss)
    const result = await compiled.evaluate({ logits: values, labels: new Float64Array(values.length), batchSize: 1 })
    await compiled.dispose?.()
    return result.elements!
  }
  test('expm1 keeps its relative accuracy near 0', async () => {
    const loss = defineLoss({ name: 'expm1', formula: ({ logits }) => expm1(negate(logits)) })
    const elements = await run(loss, 'float32')
    expect(elements[5]! / Math.expm1(1e-4)).toBeCloseTo(1, 6)
    expect(elements[6]! / Math.expm1(-1e-4)).toBeCloseTo(1, 6)
  })
  test('sigmoid and softplus of x and −x keep their relative accuracy in float32', async () => {
    const sign = { x: 1, '−x': -1 }
    for (const [name, factor] of Object.entries(sign)) {
      const argument = (logits: Expression) => (factor === 1 ? logits : negate(logits))
      const sigma = await run(defineLoss({ name, formula: ({ logits }) => sigmoid(argument(logits)) }), 'float32')
      const soft = await run(defineLoss({ name, formula: ({ logits }) => softplus(argument(logits)) }), 'float32')
      values.forEach((value, index) => {
        const x = factor * Math.fround(value)
        // e^−|x| is off by half an ulp of x besides, which is |x| eps / 2; exp, log and two roundings make up the rest.
        const tolerance = 2 ** -23 * (3 + Math.abs(x) / 2)
        expect(Math.abs(sigma[index]! * (1 + Math.exp(-x)) - 1)).toBeLessThan(tolerance)
        expect(Math.abs(soft[index]! / (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))) - 1)).toBeLessThan(
          tolerance,
        )
      })
    }
  })
})

describe('the model as a file', () => {
  test('has the documented inputs and outputs with run-time sizes', () => {
    const { graph } = decodeModel(lossModel(namedLoss('db-focal', statistics)))
    expect(graph!.input.map(({ name }) => name)).toEqual(['logits', 'labels'])
    expect(graph!.output.map(({ name }) => name)).toEqual(['loss', 'dLogits', 'elements'])
    expect(graph!.input[0]!.type!.tensorType!.shape!.dim).toEqual([
      { dimParam: 'batch_size' },
      { dimParam: 'class_count' },
    ])
  })
  test('declares the further inputs of a loss', async () => {
    const loss = defineLoss({
      name: 'masked',
      inputs: { mask: ELEMENTS },
      formula: ({ logits, inputs }) => multiply(inputs.mask!, logits),
    })
    expect(decodeModel(lossModel(loss)).graph!.input.map(({ name }) => name)).toEqual(['logits', 'labels', 'mask'])
    const compiled = await onnxAdapter({ ort }).compile(loss)
    const { value } = await compiled.evaluate({
      logits: Float32Array.of(1, 2),
      labels: Float32Array.of(0, 0),
      batchSize: 1,
      inputs: { mask: Float32Array.of(0, 3) },
    })
    expect(value).toBe(3)
    await compiled.dispose?.()
  })
})
