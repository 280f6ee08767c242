import { binaryCrossEntropy, createRandom } from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import {
  createTrainer,
  DATA_TYPE,
  encodeModel,
  floatsOfHalves,
  GraphBuilder,
  graphOf,
  halvesOfFloats,
  type ModelProto,
  sgd,
  tensorData,
} from '../../src/index.ts'

const random = createRandom(3)
const numbers = (length: number) =>
  floatsOfHalves(halvesOfFloats(Float32Array.from({ length }, () => 2 * random.next() - 1)))

/** A model in float32 whose weights float16 has too. */
function floatModel(): ModelProto {
  const graph = new GraphBuilder('model')
  const x = graph.input('x', 'float', ['batch', 4])
  const hidden = graph.node('Tanh', [graph.node('MatMul', [x, graph.initializer('first', numbers(12), [4, 3])])])
  const logits = graph.node('MatMul', [hidden, graph.initializer('second', numbers(6), [3, 2])])
  graph.output('logits', graph.node('Cast', [logits], { to: DATA_TYPE.float }), 'float', ['batch', 2])
  return graph.toModel()
}

/** The same model in float16. */
function halfModel(model: ModelProto): ModelProto {
  const half = structuredClone(model)
  const graph = graphOf(half)
  for (const tensor of graph.initializer) {
    tensor.rawData = new Uint8Array(halvesOfFloats(tensorData(tensor) as Float32Array).buffer)
    tensor.dataType = DATA_TYPE.float16
  }
  for (const info of [...graph.input, ...graph.output]) info.type!.tensorType!.elemType = DATA_TYPE.float16
  for (const { opType, attribute } of graph.node) if (opType === 'Cast') attribute[0]!.i = BigInt(DATA_TYPE.float16)
  return half
}

test('a model in float16 is trained in float32 and saved in float16', async () => {
  const model = floatModel()
  const options = { ort, trainable: /second/, loss: binaryCrossEntropy(), optimizer: sgd({ learningRate: 0.3 }) }
  const batch = { inputs: { x: numbers(12) }, labels: Float32Array.of(1, 0, 0, 1, 1, 1), batchSize: 3 }
  const trained = await createTrainer({ ...options, model })
  const half = await createTrainer({ ...options, model: halfModel(model) })
  for (let step = 0; step < 3; step++) expect(await half.step(batch)).toEqual(await trained.step(batch))

  const saved = await half.toModel()
  const [first, second] = graphOf(saved).initializer
  const expected = (await trained.state()).tensors.second!
  expect(first).toEqual(graphOf(halfModel(model)).initializer[0])
  expect(second!.dataType).toBe(DATA_TYPE.float16)
  expect(tensorData(second!)).toEqual(halvesOfFloats(expected))
  expect(graphOf(saved).input[0]!.type!.tensorType!.elemType).toBe(DATA_TYPE.float16)
  // The runtime takes it.
  await (await ort.InferenceSession.create(encodeModel(saved))).release()
  await trained.dispose()
  await half.dispose()
})
