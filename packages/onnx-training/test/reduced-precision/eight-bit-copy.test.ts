import { describe, expect, test } from 'vitest'
import { eightBitCopy, encodeModel, graphOf, type ModelProto, makeTensor, tensorData } from '../../src/index.ts'
import { makeHalfTensor } from '../../src/onnx/tensor.ts'
import { withInitializers } from '../../src/onnx/with-initializers.ts'
import { randomValues } from '../trainer/support/random-values.ts'
import { runModel } from '../trainer/support/run-model.ts'
import { choose, modelOf, relativeDifference, tensorOf, weights } from './support.ts'

/** A convolutional network with a depthwise convolution, a BatchNormalization, products both ways and a head. */
function network(): ModelProto {
  return modelOf(['batch', 3, 8, 8], (graph, x) => {
    const stem = graph.node('Conv', [x, weights(graph, 'stem', [16, 3, 3, 3])], { pads: [1, 1, 1, 1] })
    const depthwise = graph.node('Conv', [stem, weights(graph, 'depthwise', [16, 1, 9, 9])], {
      pads: [4, 4, 4, 4],
      group: 16,
    })
    const [scale, bias, mean] = ['scale', 'bias', 'mean'].map((name) => weights(graph, name, [16]))
    const variance = graph.initializer(
      'variance',
      Float32Array.from({ length: 16 }, (_, i) => 1 + i / 16),
      [16],
    )
    const normalised = graph.node('BatchNormalization', [depthwise, scale!, bias!, mean!, variance])
    const wide = graph.node('Relu', [graph.node('Conv', [normalised, weights(graph, 'wide', [80, 16, 1, 1])])])
    const flat = graph.node('Flatten', [graph.node('GlobalAveragePool', [wide])])
    const hidden = graph.node('Relu', [graph.node('MatMul', [flat, weights(graph, 'hidden', [80, 40])])])
    const gemm = graph.node('Gemm', [hidden, weights(graph, 'gemm', [60, 40]), weights(graph, 'gemm bias', [60])], {
      transB: 1,
    })
    return graph.node('Gemm', [graph.node('Tanh', [gemm]), weights(graph, 'head', [60, 20])])
  })
}

const images = { x: { data: Float32Array.from(randomValues(2 * 3 * 64, 5)), dims: [2, 3, 8, 8] } }

/** The names of the weights that a copy has in 8 bits, with the axes of their channels. */
function quantised(model: ModelProto): Record<string, number> {
  const nodes = graphOf(model).node.filter(({ opType }) => opType === 'DequantizeLinear')
  return Object.fromEntries(nodes.map(({ output, attribute }) => [output[0]!, Number(attribute[0]!.i)]))
}

describe('a copy with weights of 8 bits', () => {
  test('quantises products by their output channels, and leaves small weights, depthwise kernels and the head', () => {
    const copy = eightBitCopy(network())
    expect(quantised(copy)).toEqual({ wide: 0, hidden: 1, gemm: 0 })
    expect(tensorOf(copy, 'hidden/int8')).toMatchObject({ dims: [80, 40], dataType: 3 })
    expect(tensorOf(copy, 'hidden/scale')!.dims).toEqual([40])
    expect(tensorOf(copy, 'hidden')).toBeUndefined()
  })

  test('gives what the model gives with weights rounded to the integers', async () => {
    const model = network()
    const copy = eightBitCopy(model)
    const rounded = withInitializers(model, (tensor) => {
      const axis = quantised(copy)[tensor.name!]
      if (axis === undefined) return tensor
      const integers = tensorData(tensorOf(copy, `${tensor.name}/int8`)!) as Int8Array
      const scales = tensorData(tensorOf(copy, `${tensor.name}/scale`)!) as Float32Array
      const [, columns = 1] = tensor.dims
      const channel = (index: number) => (axis === 1 ? index % columns : Math.floor(index / columns))
      return makeTensor(
        tensor.name!,
        Float32Array.from(integers, (q, index) => q * scales[channel(index)]!),
        tensor.dims,
      )
    })
    const [expected, got, original] = [
      await runModel(rounded, images),
      await runModel(copy, images),
      await runModel(model, images),
    ]
    // The same numbers: only the order of float32 sums may differ.
    expect(relativeDifference(expected, got)).toBeLessThan(1e-5)
    // Three layers whose weights are off by at most 1/254 of the largest of their channel.
    expect(relativeDifference(original, got)).toBeLessThan(0.02)
    expect(relativeDifference(original, got)).toBeGreaterThan(1e-5)
  })

  test('leaves the model as it is, and has about a quarter of its size', () => {
    const model = modelOf(['batch', 256], (graph, x) => {
      const hidden = graph.node('MatMul', [x, weights(graph, 'hidden', [256, 256])])
      return graph.node('MatMul', [graph.node('Relu', [hidden]), weights(graph, 'head', [256, 2])])
    })
    const before = encodeModel(model)
    const copy = encodeModel(eightBitCopy(model))
    expect(Buffer.compare(encodeModel(model), before)).toBe(0)
    expect(copy.length / before.length).toBeLessThan(0.28)
  })

  test('of a model without a head, as a transformer whose last hidden state is a sum, has all products', () => {
    const model = modelOf(['batch', 40], (graph, x) => {
      const first = graph.node('Add', [x, graph.node('MatMul', [x, weights(graph, 'first', [40, 40])])])
      return graph.node('Add', [first, graph.node('MatMul', [first, weights(graph, 'second', [40, 40])])])
    })
    expect(quantised(eightBitCopy(model))).toEqual({ first: 1, second: 1 })
  })

  test('takes weights that stand on the left, that branches read and that branches hold', async () => {
    const model = modelOf([40, 40], (graph, x) => {
      const left = graph.node('MatMul', [weights(graph, 'left', [40, 40]), x])
      const outside = weights(graph, 'outside', [40, 40])
      const positive = graph.node('Greater', [
        graph.node('ReduceSum', [left], { keepdims: 0 }),
        graph.constant(Float32Array.of(1e9), []),
      ])
      const chosen = choose(graph, positive, {
        then_branch: (branch) => branch.node('MatMul', [left, outside]),
        else_branch: (branch) => branch.node('MatMul', [left, weights(branch, 'inside', [40, 40])]),
      })
      return graph.node('MatMul', [chosen, weights(graph, 'head', [40, 40])])
    })
    const copy = eightBitCopy(model)
    expect(quantised(copy)).toEqual({ left: 0, outside: 1 })
    const branch = graphOf(copy).node.find(({ opType }) => opType === 'If')!.attribute[1]!.g!
    expect(branch.node[0]).toMatchObject({ opType: 'DequantizeLinear', output: ['inside'] })
    const x = { x: { data: Float32Array.from(randomValues(1600, 8)), dims: [40, 40] } }
    const [expected, got] = [await runModel(model, x), await runModel(copy, x)]
    // Two layers, as above.
    expect(relativeDifference(expected, got)).toBeLessThan(0.02)
  })

  test('takes weights that older exporters list among the inputs, and weights in float16', async () => {
    const model = network()
    const graph = graphOf(model)
    const listed = { ...model, graph: { ...graph, input: [...graph.input, { name: 'hidden' }] } }
    expect(graphOf(eightBitCopy(listed)).input.map(({ name }) => name)).toEqual(['x'])
    const half = withInitializers(model, (tensor) =>
      makeHalfTensor(tensor.name!, tensorData(tensor) as Float32Array, tensor.dims),
    )
    const [expected, got] = [await runModel(model, images), await runModel(eightBitCopy(half), images)]
    expect(relativeDifference(expected, got)).toBeLessThan(0.02)
  })

  test.each([
    ['opset 12', () => ({ ...network(), opsetImport: [{ domain: '', version: 12 }] }), 'the model uses opset 12'],
    ['a quantised model', () => eightBitCopy(network()), "quantised already: it has DequantizeLinear 'wide'"],
    [
      'weights that are not finite',
      () =>
        withInitializers(network(), (tensor) =>
          tensor.name === 'hidden'
            ? makeTensor('hidden', new Float32Array(3200).fill(Infinity, 7, 8), [80, 40])
            : tensor,
        ),
      "the weights 'hidden' hold Infinity",
    ],
  ])('refuses %s', (_, build, message) => {
    expect(() => eightBitCopy(build())).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringContaining(message) }),
    )
  })
})
