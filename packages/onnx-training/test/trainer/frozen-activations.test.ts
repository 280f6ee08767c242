import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import {
  adamW,
  createTrainer,
  type FrozenActivations,
  GraphBuilder,
  type ModelInputs,
  type ModelProto,
  type OrtData,
} from '../../src/index.ts'
import { createSmallTrainer, tensorsOf } from './support/create.ts'
import { randomValues } from './support/random-values.ts'
import { runModel } from './support/run-model.ts'
import { smallBatch, smallLoss } from './support/small-batch.ts'
import { CLASSES, FEATURES, WIDTH } from './support/small-model.ts'

/** Some rows of what was precomputed: a value's rows all have the same length. */
function rowsOf({ activations, batchSize }: FrozenActivations, rows: readonly number[]): FrozenActivations {
  const chosen = Object.entries(activations).map(([name, data]): [string, OrtData] => {
    const width = data.length / batchSize
    const values = Float64Array.from(
      rows.flatMap((row) => [...(data as Float64Array).subarray(row * width, (row + 1) * width)]),
    )
    return [name, values]
  })
  return { activations: Object.fromEntries(chosen), batchSize: rows.length }
}

const labelsOf = (labels: Float64Array, rows: readonly number[]) =>
  Float64Array.from(rows.flatMap((row) => [...labels.subarray(row * CLASSES, (row + 1) * CLASSES)]))
const inputsOf = (x: Float64Array, rows: readonly number[]): ModelInputs => ({
  inputs: { x: Float64Array.from(rows.flatMap((row) => [...x.subarray(row * FEATURES, (row + 1) * FEATURES)])) },
  batchSize: rows.length,
})

/**
 * tanh(x · stem) = h, then heads of attention as exporters write them: Reshape with a shape put together of Shape(x), a mean
 * over tokens, and a Gemm. The sizes grow with the batch, and another one is folded into the batch.
 */
function modelOfComputedShapes(): ModelProto {
  const graph = new GraphBuilder('shapes')
  const weight = (name: string, seed: number, ...dims: number[]) =>
    graph.initializer(
      name,
      randomValues(
        dims.reduce((product, size) => product * size, 1),
        seed,
      ),
      dims,
    )
  const x = graph.input('x', 'double', ['batch', FEATURES])
  const h = graph.node('Tanh', [graph.node('MatMul', [x, weight('stem.weight', 1, FEATURES, WIDTH)])])
  const batch = graph.node('Gather', [graph.node('Shape', [x]), graph.integers([0])])
  const folded = graph.node('Concat', [graph.node('Mul', [batch, graph.integers([3])]), graph.integers([WIDTH / 3])], {
    axis: 0,
  })
  const tokens = graph.node('Reshape', [h, folded])
  const mixed = graph.node('Tanh', [graph.node('MatMul', [tokens, weight('mix.weight', 2, WIDTH / 3, 5)])])
  const apart = graph.node('Reshape', [mixed, graph.node('Concat', [batch, graph.integers([3, 5])], { axis: 0 })])
  const pooled = graph.reduce('ReduceMean', apart, [1], { keepDimensions: false })
  const head = [weight('head.weight', 3, 5, CLASSES), weight('head.bias', 4, CLASSES)]
  graph.output('logits', graph.node('Gemm', [pooled, ...head]), 'double', ['batch', CLASSES])
  return graph.toModel()
}

describe('activations that are computed once', () => {
  const models = {
    'the small model': () => createSmallTrainer({ optimizer: adamW({ learningRate: 0.01 }), averageDecay: 0.9 }),
    'a model of computed shapes': () =>
      createSmallTrainer({
        model: modelOfComputedShapes(),
        trainable: /mix|head/,
        optimizer: adamW({ learningRate: 0.01 }),
      }),
  }

  test.each(Object.entries(models))('give the same training as inputs, regrouped too: %s', async (_, create) => {
    const [withInputs, withActivations] = [await create(), await create()]
    const { inputs, labels } = smallBatch(6, 1)
    const all = await withActivations.precompute({ inputs, batchSize: 6 })
    for (const rows of [[0, 1, 2, 3, 4, 5], [4, 1], [3], [5, 5, 0, 2, 1, 3, 4, 0]]) {
      const activations = rowsOf(all, rows)
      const given = labelsOf(labels, rows)
      const expected = await withInputs.step({ ...inputsOf(inputs.x, rows), labels: given })
      expect(await withActivations.step({ ...activations, labels: given })).toEqual(expected)
      expect(await withActivations.predict(activations)).toEqual(await withInputs.predict(inputsOf(inputs.x, rows)))
    }
    expect(await tensorsOf(withActivations)).toEqual(await tensorsOf(withInputs))
    for (const trainer of [withInputs, withActivations]) await trainer.dispose()
  })

  test('hold values, and none of the sizes that follow from the batch', async () => {
    const trainer = await models['a model of computed shapes']()
    const { activations } = await trainer.precompute(smallBatch(2, 1))
    expect(Object.values(activations).map(({ length }) => length)).toEqual([2 * WIDTH])
    await trainer.dispose()
  })

  test('are those of the model', async () => {
    const trainer = await createTrainer({
      ...{ ort, model: modelOfComputedShapes(), trainable: /mix|head/, loss: smallLoss(), optimizer: adamW() },
    })
    const { inputs, batchSize } = smallBatch(5, 2)
    const x = { x: { data: inputs.x, dims: [batchSize, FEATURES] } }
    expect(await trainer.predict({ inputs, batchSize })).toEqual(await runModel(modelOfComputedShapes(), x))
    await trainer.dispose()
  })

  test('do not change with the arrays that they were computed from', async () => {
    // Nothing is frozen: the input itself is what the trained part reads.
    const trainer = await createSmallTrainer({ trainable: /./ })
    const x = smallBatch(2, 1).inputs.x
    const before = x.slice()
    const { activations } = await trainer.precompute({ inputs: { x }, batchSize: 2 })
    x.fill(0)
    expect(activations).toEqual({ x: before })
    await trainer.dispose()
  })

  test('of frozen weights are not needed: samples of any batch size share them', async () => {
    const trainer = await createSmallTrainer({ trainable: /head/ })
    const batch = smallBatch(4, 1)
    const { activations } = await trainer.precompute(batch)
    expect(Object.values(activations).map(({ length }) => length)).toEqual([4 * WIDTH])
    await trainer.dispose()
  })
})
