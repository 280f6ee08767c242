import {
  decodeModel,
  encodeModel,
  type GraphBuilder,
  makeTensor,
  type NodeProto,
  type OrtTensor,
} from '@dbloss/onnx-training'
import { describe, expect, test } from 'vitest'
import { type FeatureGraph, featureGraph } from '../../src/backbone/feature-graph.ts'
import { attachHead, type LinearHead } from '../../src/linear-head.ts'
import { transformersRuntime } from '../../src/runtime.ts'
import { classCount, classifier, featureCount, model, numbers, patchMap, pooled } from '../support/models.ts'

const weights = numbers(featureCount * classCount, 2)
const bias = numbers(classCount, 3)
const head: LinearHead = { weights, bias, classCount }

/** The weights in the order [classCount, featureCount]. */
const transposed = Float32Array.from(
  weights,
  (_, index) => weights[(index % featureCount) * classCount + Math.floor(index / featureCount)]!,
)

const addWeights = (graph: GraphBuilder) => graph.constant(weights, [featureCount, classCount])
const addBias = (graph: GraphBuilder) => graph.constant(bias, [classCount])
const gemm = (graph: GraphBuilder, features: string) =>
  graph.node('Gemm', [features, addWeights(graph), addBias(graph)])

async function run(bytes: Uint8Array, output: string): Promise<OrtTensor> {
  const ort = await transformersRuntime()
  const session = await ort.InferenceSession.create(bytes)
  const pixels = new ort.Tensor('float32', numbers(3 * 3 * 16 * 16, 4), [3, 3, 16, 16])
  const outputs = await session.run({ pixel_values: pixels })
  await session.release?.()
  return outputs[output]!
}

const cut = (bytes: Uint8Array): FeatureGraph => featureGraph(decodeModel(bytes), {}, 'auto', './model')

/** Heads that compute features · weights + bias in different ways. */
const heads: Record<string, (graph: GraphBuilder, features: string) => string> = {
  Gemm: gemm,
  'Gemm with transposed weights': (graph, features) =>
    graph.node('Gemm', [features, graph.constant(transposed, [classCount, featureCount]), addBias(graph)], {
      transB: 1,
    }),
  'MatMul and Add': (graph, features) =>
    graph.node('Add', [graph.node('MatMul', [features, addWeights(graph)]), addBias(graph)]),
  'Add with the bias first': (graph, features) =>
    graph.node('Add', [addBias(graph), graph.node('MatMul', [features, addWeights(graph)])]),
  'weights behind Transpose and Identity': (graph, features) => {
    const stored = graph.node('Identity', [graph.constant(transposed, [classCount, featureCount])])
    return graph.node('Add', [graph.node('MatMul', [features, graph.node('Transpose', [stored])]), addBias(graph)])
  },
  'weights in a Constant node': (graph, features) => {
    const value = makeTensor('value', weights, [featureCount, classCount])
    return graph.node('Gemm', [features, graph.node('Constant', [], { value }), addBias(graph)])
  },
  'Dropout before': (graph, features) => gemm(graph, graph.node('Dropout', [features])),
  'Reshape before': (graph, features) =>
    gemm(graph, graph.node('Reshape', [features, graph.integers([-1, featureCount])])),
  'Identity and Dropout after': (graph, features) =>
    graph.node('Dropout', [graph.node('Identity', [gemm(graph, features)])]),
  'Reshape and Flatten after': (graph, features) =>
    graph.node('Flatten', [graph.node('Reshape', [gemm(graph, features), graph.integers([-1, classCount, 1])])]),
}

describe('heads that are found', () => {
  test.each(Object.entries(heads))('%s: the same head put back gives the same logits', async (_, addHead) => {
    const bytes = classifier(addHead)
    const graph = cut(bytes)
    const features = await run(encodeModel(graph.model), graph.output)
    expect(features.dims).toEqual([3, featureCount])
    const before = await run(bytes, 'logits')
    const after = await run(encodeModel(attachHead(graph, head)), 'logits')
    expect(after.dims).toEqual([3, classCount])
    // The same products in the same order up to the transposition: float32 rounding of 8 terms.
    const [a, b] = [before.data as Float32Array, after.data as Float32Array]
    for (const [index, value] of a.entries()) expect(Math.abs(b[index]! - value)).toBeLessThan(1e-6)
  })

  test('a Gemm put back is bit-exact', async () => {
    const bytes = classifier(gemm)
    const after = await run(encodeModel(attachHead(cut(bytes), head)), 'logits')
    expect(after.data).toEqual((await run(bytes, 'logits')).data)
  })

  test('the old head is not in the new model', () => {
    const graph = cut(classifier(gemm)).model.graph!
    expect(graph.node.map(({ opType }) => opType)).not.toContain('Gemm')
    expect(graph.initializer.map(({ dims }) => dims)).toEqual([[featureCount, 3, 4, 4]])
    expect(cut(classifier(gemm)).description).toMatch(/^the input of Gemm 'test\/Gemm_\d+'$/)
  })

  test('a head that was put back is found again', async () => {
    const once = encodeModel(attachHead(cut(classifier(gemm)), head))
    const twice = encodeModel(attachHead(cut(once), head))
    expect((await run(twice, 'logits')).data).toEqual((await run(once, 'logits')).data)
  })
})

describe('heads that are refused, with the name of the node', () => {
  const refused: Record<string, [build: () => Uint8Array, message: RegExp]> = {
    'a convolution': [
      () =>
        model((graph, pixels) => {
          const kernel = graph.constant(numbers(classCount * featureCount, 5), [classCount, featureCount, 1, 1])
          const map = graph.node('Conv', [patchMap(graph, pixels), kernel])
          const mean = graph.node('GlobalAveragePool', [graph.node('Relu', [map])])
          graph.output('logits', graph.node('Flatten', [mean]), 'float', ['batch', classCount])
        }),
      /its head is the convolution Conv 'test\/Conv_\d+'/,
    ],
    'two heads': [
      () =>
        classifier((graph, features) => {
          const second = graph.node('Gemm', [features, graph.constant(numbers(40, 6), [featureCount, classCount])])
          const sum = graph.node('Add', [gemm(graph, features), second])
          return graph.node('Identity', [sum])
        }),
      /Add 'test\/Add_\d+' joins 2 computed values, as a model with two heads does/,
    ],
    'two heads with a bias and a mean': [
      () =>
        classifier((graph, features) => {
          const second = graph.node('Gemm', [features, graph.constant(numbers(40, 6), [featureCount, classCount])])
          return graph.node('Mean', [gemm(graph, features), second])
        }),
      /Mean 'test\/Mean_\d+' joins 2 computed values/,
    ],
    'weights that are computed': [
      () =>
        classifier((graph, features) => {
          const computed = graph.node('Transpose', [
            graph.node('MatMul', [graph.node('Transpose', [features]), features]),
          ])
          const square = graph.constant(numbers(featureCount * classCount, 7), [featureCount, classCount])
          return graph.node('MatMul', [features, graph.node('MatMul', [computed, square])])
        }),
      /MatMul 'test\/MatMul_\d+' joins 2 computed values/,
    ],
    'no linear layer': [
      () =>
        classifier((graph, features) =>
          graph.node('Slice', [features, graph.integers([0]), graph.integers([5]), graph.integers([1])]),
        ),
      /its head ends in Slice 'test\/Slice_\d+'/,
    ],
    'a distance to class centres': [
      () => classifier((graph, features) => graph.node('Relu', [gemm(graph, features)])),
      /its head ends in Relu/,
    ],
  }
  test.each(Object.entries(refused))('%s', (_, [build, message]) => {
    expect(() => cut(build())).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringMatching(message) }),
    )
  })
})

describe('models that are refused', () => {
  const cases: [name: string, bytes: () => Uint8Array, message: RegExp][] = [
    [
      'other outputs',
      () => model((graph, pixels) => graph.output('boxes', pooled(graph, pixels), 'float', ['batch', featureCount])),
      /outputs are boxes; expected logits, pooler_output or last_hidden_state/,
    ],
    [
      'more inputs',
      () => {
        const decoded = decodeModel(classifier(gemm))
        decoded.graph!.input.push({ name: 'pixel_mask' })
        return encodeModel(decoded)
      },
      /has the inputs pixel_values, pixel_mask/,
    ],
    [
      'a fixed batch size',
      () => {
        const decoded = decodeModel(classifier(gemm))
        decoded.graph!.input[0]!.type!.tensorType!.shape!.dim[0] = { dimValue: 1 }
        return encodeModel(decoded)
      },
      /takes batches of exactly 1/,
    ],
    [
      'half precision',
      () => {
        const decoded = decodeModel(classifier(gemm))
        decoded.graph!.input[0]!.type!.tensorType!.elemType = 10
        return encodeModel(decoded)
      },
      /element type 10; expected one input pixel_values, float32/,
    ],
    [
      'nodes in a circle',
      () => {
        const decoded = decodeModel(classifier(gemm))
        const [convolution] = decoded.graph!.node as [NodeProto]
        convolution.input[0] = 'logits'
        return encodeModel(decoded)
      },
      /reads 'logits', which no node before it makes/,
    ],
    ['no ONNX', () => new TextEncoder().encode('version https://git-lfs.github.com'), /./],
  ]
  test.each(cases)('%s', (_, bytes, message) => {
    expect(() => cut(bytes())).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringMatching(message) }),
    )
  })
})
