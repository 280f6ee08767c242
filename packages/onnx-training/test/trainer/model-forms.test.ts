import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import {
  createTrainer,
  encodeModel,
  GraphBuilder,
  type ModelProto,
  type OrtData,
  sgd,
  type TrainerOptions,
} from '../../src/index.ts'
import { createSmallTrainer } from './support/create.ts'
import { randomValues } from './support/random-values.ts'
import { type NamedData, runModel } from './support/run-model.ts'
import { smallBatch, smallLoss } from './support/small-batch.ts'
import { CLASSES, FEATURES, smallModel } from './support/small-model.ts'

const optimizer = sgd({ learningRate: 0.1 })
const create = (options: Pick<TrainerOptions, 'model' | 'trainable'> & Partial<TrainerOptions>) =>
  createTrainer({ ort, loss: smallLoss(), optimizer, ...options })

const dataOf = (inputs: NamedData): Readonly<Record<string, OrtData>> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { data }]) => [name, data]))

/** Predicts what plain onnxruntime does, before a step and after, and learns. */
async function expectTraining(
  options: Parameters<typeof create>[0] & { model: ModelProto },
  inputs: NamedData,
  batchSize: number,
): Promise<void> {
  const trainer = await create(options)
  const samples = { inputs: dataOf(inputs), batchSize }
  const precise = (values: ArrayLike<number>) => Array.from(values, (value) => value.toPrecision(5))
  const plain = async (model: ModelProto) => precise(await runModel(model, inputs, options.output))
  expect(precise(await trainer.predict(samples))).toEqual(await plain(options.model))
  const { labels } = smallBatch(batchSize, 3)
  const losses = []
  for (let step = 0; step < 5; step++) losses.push((await trainer.step({ ...samples, labels })).loss)
  expect(losses.at(-1)!).toBeLessThan(losses[0]!)
  expect(precise(await trainer.predict(samples))).toEqual(await plain(await trainer.toModel()))
  await trainer.dispose()
}

/** Adds a Gemm to `CLASSES` logits. */
function head(graph: GraphBuilder, value: string, width: number): string {
  const weights = graph.initializer('head.weight', Float32Array.from(randomValues(width * CLASSES, 5)), [
    width,
    CLASSES,
  ])
  return graph.node('Gemm', [value, weights, graph.initializer('head.bias', new Float32Array(CLASSES), [CLASSES])])
}

describe('the model may be', () => {
  test('bytes, or a path', async () => {
    const bytes = encodeModel(smallModel())
    const [fromBytes, fromModel] = [await createSmallTrainer({ model: bytes }), await createSmallTrainer()]
    const batch = smallBatch(3, 1)
    expect(await fromBytes.step(batch)).toEqual(await fromModel.step(batch))
    for (const trainer of [fromBytes, fromModel]) await trainer.dispose()
    await expect(create({ model: 'missing/model.onnx', trainable: /./ })).rejects.toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('missing/model.onnx') }),
    )
  })

  test('a graph without an open batch axis', async () => {
    const graph = new GraphBuilder('fixed')
    const x = graph.input('x', 'float', [2, FEATURES])
    graph.output('logits', head(graph, x, FEATURES), 'float', [2, CLASSES])
    const inputs = { x: { data: Float32Array.from(randomValues(2 * FEATURES, 1)), dims: [2, FEATURES] } }
    await expectTraining({ model: graph.toModel(), trainable: /head/ }, inputs, 2)
  })

  test('one of several outputs, chosen by name', async () => {
    const graph = new GraphBuilder('two outputs')
    const x = graph.input('x', 'float', ['batch', FEATURES])
    const other = graph.initializer('other.weight', Float32Array.from(randomValues(FEATURES, 2)), [FEATURES])
    graph.output('scores', head(graph, x, FEATURES), 'float', ['batch', CLASSES])
    graph.output('embedding', graph.node('Mul', [x, other]), 'float', ['batch', FEATURES])
    const model = graph.toModel()
    const inputs = { x: { data: Float32Array.from(randomValues(3 * FEATURES, 1)), dims: [3, FEATURES] } }
    await expectTraining({ model, trainable: /head/, output: 'scores' }, inputs, 3)

    const refusal = (message: string, code = 'argument') =>
      expect.objectContaining({ code, message: expect.stringContaining(message) })
    await expect(create({ model, trainable: /head/ })).rejects.toThrow(
      refusal('output is not given; the model has scores, embedding'),
    )
    await expect(create({ model, trainable: /head/, output: 'logits' })).rejects.toThrow(refusal('output is logits'))
    await expect(create({ model, trainable: /./, output: 'scores' })).rejects.toThrow(
      refusal("'scores' does not change with the trained weight 'other.weight'", 'model'),
    )
  })

  test('open in height and width, with sizes by their names', async () => {
    const graph = new GraphBuilder('image')
    const x = graph.input('pixels', 'float', ['batch', 2, 'height', 'width'])
    const kernel = graph.initializer('conv.weight', Float32Array.from(randomValues(4 * 2 * 9, 1)), [4, 2, 3, 3])
    const features = graph.node('Relu', [graph.node('Conv', [x, kernel], { pads: [1, 1, 1, 1] })])
    const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [features])])
    graph.output('logits', head(graph, pooled, 4), 'float', ['batch', CLASSES])
    const model = graph.toModel()
    const inputs = { pixels: { data: Float32Array.from(randomValues(3 * 2 * 5 * 4, 2)), dims: [3, 2, 5, 4] } }
    await expectTraining({ model, trainable: /./, dimensions: { height: 5, width: 4 } }, inputs, 3)
    await expect(create({ model, trainable: /./, dimensions: { height: 5 } })).rejects.toThrow(
      expect.objectContaining({
        code: 'argument',
        message: expect.stringContaining("'width' open; pass it in dimensions"),
      }),
    )
  })

  test('one with several inputs, some of them integers that are looked up', async () => {
    const graph = new GraphBuilder('two inputs')
    const ids = graph.input('ids', 'int64', ['batch', 2])
    const scale = graph.input('scale', 'float', ['batch', FEATURES])
    const table = graph.initializer('embedding.weight', Float32Array.from(randomValues(7 * FEATURES, 1)), [7, FEATURES])
    const embedded = graph.reduce('ReduceMean', graph.node('Gather', [table, ids]), [1], { keepDimensions: false })
    graph.output('logits', head(graph, graph.node('Mul', [embedded, scale]), FEATURES), 'float', ['batch', CLASSES])
    const model = graph.toModel()
    const inputs = {
      ids: { data: BigInt64Array.of(0n, 3n, 6n, 3n, 1n, 0n), dims: [3, 2] },
      scale: { data: Float32Array.from(randomValues(3 * FEATURES, 2)), dims: [3, FEATURES] },
    }
    await expectTraining({ model, trainable: /./ }, inputs, 3)
    await expectTraining({ model, trainable: /head/ }, inputs, 3)
  })

  test('one whose trained part reads an integer that is computed from what an input holds', async () => {
    const graph = new GraphBuilder('chosen row')
    const row = graph.input('row', 'int64', [1])
    const x = graph.input('x', 'float', ['batch', FEATURES])
    const next = graph.node('Add', [row, graph.integers([1])])
    const table = graph.initializer('table.weight', Float32Array.from(randomValues(4 * FEATURES, 1)), [4, FEATURES])
    graph.output('logits', head(graph, graph.node('Mul', [x, graph.node('Gather', [table, next])]), FEATURES), 'float')
    const inputs = {
      row: { data: BigInt64Array.of(2n), dims: [1] },
      x: { data: Float32Array.from(randomValues(3 * FEATURES, 2)), dims: [3, FEATURES] },
    }
    await expectTraining({ model: graph.toModel(), trainable: /./ }, inputs, 3)
  })

  test('one with batch normalization and dropout, which stay in inference mode', async () => {
    const graph = new GraphBuilder('norm')
    const x = graph.input('x', 'float', ['batch', FEATURES])
    const [scale, bias, mean] = ['weight', 'bias', 'running_mean'].map((name, seed) =>
      graph.initializer(`bn.${name}`, Float32Array.from(randomValues(FEATURES, seed)), [FEATURES]),
    )
    const variance = graph.initializer('bn.running_var', Float32Array.of(0.5, 1, 2, 4), [FEATURES])
    const normalized = graph.node('BatchNormalization', [x, scale!, bias!, mean!, variance])
    const dropped = graph.node('Dropout', [normalized, graph.constant(Float32Array.of(0.5), [])])
    graph.output('logits', head(graph, dropped, FEATURES), 'float', ['batch', CLASSES])
    const model = graph.toModel()
    const inputs = { x: { data: Float32Array.from(randomValues(3 * FEATURES, 9)), dims: [3, FEATURES] } }
    await expectTraining({ model, trainable: /./ }, inputs, 3)

    const trainer = await create({ model, trainable: /./ })
    expect(trainer.parameters.map(({ name }) => name)).toEqual(['bn.weight', 'bn.bias', 'head.weight', 'head.bias'])
    const batch = { ...smallBatch(3, 3), inputs: dataOf(inputs) }
    // Nothing is dropped at random: the loss of the step is that of the model as it predicts.
    const { loss } = await trainer.evaluate(batch)
    expect((await trainer.step(batch)).loss).toBeCloseTo(loss, 5)
    const statistics = (each: ModelProto) => each.graph!.initializer.filter(({ name }) => name!.includes('running'))
    expect(statistics(await trainer.toModel())).toEqual(statistics(model))
    await trainer.dispose()
  })

  test.each([12, 22])('not of opset %i', async (opset) => {
    const graph = new GraphBuilder('old', { opset })
    graph.output('logits', head(graph, graph.input('x', 'float', ['batch', FEATURES]), FEATURES), 'float')
    await expect(create({ model: graph.toModel(), trainable: /./ })).rejects.toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('opset 13 to 21') }),
    )
  })

  test('not one whose logits have other axes or classes', async () => {
    const graph = new GraphBuilder('map')
    const x = graph.input('x', 'float', ['batch', FEATURES, 2])
    graph.output('logits', graph.node('Mul', [x, graph.initializer('w', Float32Array.of(1, 2), [2])]), 'float')
    await expect(create({ model: graph.toModel(), trainable: /./ })).rejects.toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringContaining('has 3 axes; expected logits') }),
    )
    const wide = new GraphBuilder('wide')
    const y = wide.input('x', 'float', ['batch', 4])
    wide.output('logits', wide.node('Mul', [y, wide.initializer('w', new Float32Array(4), [4])]), 'float')
    await expect(create({ model: wide.toModel(), trainable: /./ })).rejects.toThrow(
      expect.objectContaining({ code: 'shape', message: "'logits' has 4 classes but the loss describes 3" }),
    )
  })
})

describe('fused nodes of com.microsoft', () => {
  /** x · stem → BiasGelu → Gemm. */
  function fusedModel(): ModelProto {
    const graph = new GraphBuilder('fused', { furtherOpsets: [{ domain: 'com.microsoft', version: 1 }] })
    const x = graph.input('x', 'float', ['batch', FEATURES])
    const stem = graph.initializer('stem.weight', Float32Array.from(randomValues(FEATURES * 6, 1)), [FEATURES, 6])
    const bias = graph.initializer('stem.bias', new Float32Array(6), [6])
    const fused = graph.node('BiasGelu', [graph.node('MatMul', [x, stem]), bias])
    graph.output('logits', head(graph, fused, 6), 'float', ['batch', CLASSES])
    const model = graph.toModel()
    for (const node of model.graph!.node.filter(({ opType }) => opType === 'BiasGelu')) {
      Object.assign(node, { domain: 'com.microsoft', name: '/stem/BiasGelu' })
    }
    return model
  }

  test('may lie below the trained part', async () => {
    const inputs = { x: { data: Float32Array.from(randomValues(3 * FEATURES, 2)), dims: [3, FEATURES] } }
    await expectTraining({ model: fusedModel(), trainable: /head/ }, inputs, 3)
  })

  test('above it are refused, with the node and what to freeze', async () => {
    await expect(create({ model: fusedModel(), trainable: /./ })).rejects.toThrow(
      expect.objectContaining({
        code: 'model',
        message:
          "BiasGelu '/stem/BiasGelu' cannot be differentiated: there is no rule for com.microsoft.BiasGelu; freeze the 2 weights up to it, the last of which is stem.bias",
      }),
    )
  })
})

describe('a weight', () => {
  test('that is read only through a step function is refused: no gradient comes to it', async () => {
    const graph = new GraphBuilder('step')
    const x = graph.input('x', 'float', ['batch', FEATURES])
    const weight = graph.initializer('gate.weight', Float32Array.from(randomValues(FEATURES, 1)), [FEATURES])
    graph.output('logits', head(graph, graph.node('Sign', [graph.node('Mul', [x, weight])]), FEATURES), 'float')
    await expect(create({ model: graph.toModel(), trainable: /./ })).rejects.toThrow(
      expect.objectContaining({
        code: 'model',
        message: "'logits' does not change with the trained weight 'gate.weight'",
      }),
    )
  })
})
