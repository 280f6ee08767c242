import { describe, expect, test } from 'vitest'
import {
  DATA_TYPE,
  eightBitCopy,
  encodeModel,
  type GraphBuilder,
  graphOf,
  halfPrecisionCopy,
  largestProductOutput,
  type ModelProto,
  makeTensor,
  withLargestProduct,
} from '../../src/index.ts'
import { withInitializers } from '../../src/onnx/with-initializers.ts'
import { randomValues } from '../trainer/support/random-values.ts'
import { runModel } from '../trainer/support/run-model.ts'
import { visionModel } from '../trainer/support/vision-model.ts'
import { choose, modelOf, relativeDifference, tensorOf, weights } from './support.ts'

/** The unit roundoff of float16. */
const HALF = 2 ** -11

const WIDE = 20
const vectors = { x: { data: Float32Array.from(randomValues(3 * WIDE, 6)), dims: [3, WIDE] } }

/** A product with weights that are kept in float16, before and after what `build` adds. */
function between(build: (graph: GraphBuilder, value: string) => string): ModelProto {
  return modelOf(['batch', WIDE], (graph, x) => {
    const before = graph.node('MatMul', [x, weights(graph, 'before', [WIDE, WIDE], 0.5)])
    return graph.node('MatMul', [build(graph, before), weights(graph, 'after', [WIDE, WIDE], 0.5)])
  })
}

/** Runs a model and its copy: the difference, relative to the largest output. */
async function difference(model: ModelProto, inputs = vectors): Promise<number> {
  return relativeDifference(await runModel(model, inputs), await runModel(halfPrecisionCopy(model), inputs))
}

describe('a copy in float16', () => {
  test('has float16 weights, float32 inputs and outputs, and half of the size', async () => {
    const model = modelOf(['batch', 200], (graph, x) => {
      const hidden = graph.node('MatMul', [x, weights(graph, 'hidden', [200, 200])])
      return graph.node('Gemm', [
        graph.node('Relu', [hidden]),
        weights(graph, 'head', [200, 2]),
        weights(graph, 'b', [2]),
      ])
    })
    const before = encodeModel(model)
    const copy = halfPrecisionCopy(model)
    expect(Buffer.compare(encodeModel(model), before)).toBe(0)
    expect(encodeModel(copy).length / before.length).toBeLessThan(0.52)
    const { input, output, initializer } = graphOf(copy)
    expect([...input, ...output]).toEqual([...graphOf(model).input, ...graphOf(model).output])
    expect(initializer.map(({ name, dataType }) => [name, dataType])).toEqual(
      ['hidden/half', 'head/half', 'b/half'].map((name) => [name, DATA_TYPE.float16]),
    )
    const x = { x: { data: Float32Array.from(randomValues(400, 6)), dims: [2, 200] } }
    // Two products of random signs: errors of weights, inputs and results, each below a roundoff, average out.
    expect(await difference(model, x)).toBeLessThan(4 * HALF)
  })

  test('of a small vision transformer gives nearly what the model gives', async () => {
    const x = { x: { data: Float32Array.from(randomValues(256, 7)), dims: [2, 2, 8, 8] } }
    // Ten layers with products, each with errors of about a roundoff.
    expect(await difference(visionModel(), x)).toBeLessThan(10 * HALF)
  })

  test('keeps shapes, and floats that are computed from them, exact', async () => {
    const model = between((graph, value) => {
      const float = (number: number) => graph.constant(Float32Array.of(number), [1])
      const size = graph.node('Cast', [graph.node('Size', [value])], { to: DATA_TYPE.float })
      // 70 · 60 + 1: float16 has 4,200 and 4,204.
      const large = graph.node('Add', [graph.node('Mul', [size, float(70)]), float(1)])
      const rows = graph.node('Sub', [graph.node('Cast', [large], { to: DATA_TYPE.int64 }), graph.integers([4198])])
      const shape = graph.node('Concat', [rows, graph.integers([WIDE])], { axis: 0 })
      return graph.node('Reshape', [value, shape])
    })
    expect(await difference(model)).toBeLessThan(4 * HALF)
  })

  test('keeps the scales of Resize in float32', async () => {
    const model = modelOf(['batch', 3, 6, 6], (graph, x) => {
      const map = graph.node('Conv', [x, weights(graph, 'kernel', [16, 3, 3, 3])])
      const scales = graph.constant(Float32Array.of(1, 1, 1.7, 1.7), [4])
      const larger = graph.node('Resize', [map, '', scales], { mode: 'linear' })
      return graph.node('Conv', [larger, weights(graph, 'second', [16, 16, 3, 3])])
    })
    const x = { x: { data: Float32Array.from(randomValues(108, 3)), dims: [1, 3, 6, 6] } }
    expect(await difference(model, x)).toBeLessThan(4 * HALF)
    const resize = graphOf(halfPrecisionCopy(model)).node.find(({ opType }) => opType === 'Resize')!
    expect(resize.input[0]).toMatch(/\/half$/)
    expect(tensorOf(halfPrecisionCopy(model), resize.input[2]!)!.dataType).toBe(DATA_TYPE.float)
  })

  test.each([
    ['a mask of −1e30', -1e30],
    ['the least number of float32', -3.4028234663852886e38],
  ])('keeps %s, which float16 does not hold', async (_, low) => {
    const model = between((graph, value) => {
      const isLow = graph.node('Less', [value, graph.constant(Float32Array.of(-0.2), [])])
      const masked = graph.node('Where', [isLow, graph.constant(Float32Array.of(low), []), value])
      return graph.node('Softmax', [masked])
    })
    expect(await difference(model)).toBeLessThan(4 * HALF)
  })

  test('keeps an ε of 1e-12, which would be 0 in float16: no division by 0', async () => {
    const model = between((graph, value) => {
      const nothing = graph.node('Mul', [value, graph.constant(Float32Array.of(0), [])])
      const safe = graph.node('Max', [graph.node('Abs', [nothing]), graph.constant(Float32Array.of(1e-12), [])])
      return graph.node('Add', [value, graph.node('Div', [nothing, safe])])
    })
    expect(await difference(model)).toBeLessThan(4 * HALF)
  })

  test('leaves branches as they are, which read values of the graph', async () => {
    const model = between((graph, value) => {
      const sum = graph.node('ReduceSum', [value], { keepdims: 0 })
      const isLow = graph.node('Less', [sum, graph.constant(Float32Array.of(1e6), [])])
      return choose(graph, isLow, {
        then_branch: (branch) => branch.node('MatMul', [value, 'before']),
        else_branch: (branch) => branch.node('Neg', [value]),
      })
    })
    expect(await difference(model)).toBeLessThan(6 * HALF)
    const { node } = graphOf(halfPrecisionCopy(model))
    expect(node.find(({ opType }) => opType === 'If')).toEqual(
      graphOf(model).node.find(({ opType }) => opType === 'If'),
    )
  })

  test('casts to float become casts to float16, and integers stay what they are', async () => {
    const model = between((graph, value) => {
      const cast = graph.node('Cast', [value], { to: DATA_TYPE.float })
      const [best, places] = graph.nodes('TopK', [cast, graph.integers([WIDE])], 2) as [string, string]
      const sorted = graph.node('GatherElements', [value, places], { axis: 1 })
      return graph.node('Add', [best, sorted])
    })
    expect(await difference(model)).toBeLessThan(4 * HALF)
  })

  test('of a copy in float16 is the same again', async () => {
    const model = between((graph, value) => graph.node('Relu', [value]))
    const once = halfPrecisionCopy(model)
    const [a, b] = [await runModel(once, vectors), await runModel(halfPrecisionCopy(once), vectors)]
    expect(relativeDifference(a, b)).toBeLessThan(HALF)
  })

  test('holds weights up to 65,504, and refuses greater ones by name', () => {
    const withWeight = (largest: number) =>
      withInitializers(
        between((graph, value) => graph.node('Relu', [value])),
        (tensor) => {
          if (tensor.name !== 'after') return tensor
          return makeTensor('after', new Float32Array(WIDE * WIDE).fill(largest, 3, 4), [WIDE, WIDE])
        },
      )
    expect(graphOf(halfPrecisionCopy(withWeight(65_504))).initializer.length).toBe(2)
    for (const largest of [65_520, -1e6, Infinity, Number.NaN]) {
      expect(() => halfPrecisionCopy(withWeight(largest))).toThrow(
        expect.objectContaining({
          name: 'DblossError',
          code: 'model',
          argument: 'after',
          message: `the weights 'after' hold ${largest}; expected numbers from −65504 to 65504, which float16 holds`,
        }),
      )
    }
  })

  test('tells how large its products become, which the CPU does not show', async () => {
    const model = between((graph, value) => graph.node('Mul', [value, graph.constant(Float32Array.of(3e4), [])]))
    const copy = halfPrecisionCopy(model)
    const logits = await runModel(model, vectors)
    const [largest] = await runModel(withLargestProduct(copy), vectors, largestProductOutput)
    const expected = Math.max(...Array.from(logits, Math.abs))
    expect(expected).toBeGreaterThan(65_504)
    // Where the runtime rounds the products to float16 they are infinite.
    expect(largest === Infinity || Math.abs(largest! / expected - 1) < 4 * HALF).toBe(true)
    const [small] = await runModel(
      withLargestProduct(halfPrecisionCopy(between((_, value) => value))),
      vectors,
      largestProductOutput,
    )
    expect(small).toBeGreaterThan(0)
    expect(small).toBeLessThan(20)
  })

  test('of a model of opset 12, and of a quantised one, is refused', () => {
    const model = modelOf(['batch', 60], (graph, x) => {
      const hidden = graph.node('MatMul', [x, weights(graph, 'hidden', [60, 60])])
      return graph.node('MatMul', [hidden, weights(graph, 'head', [60, 2])])
    })
    expect(() => halfPrecisionCopy({ ...model, opsetImport: [{ domain: '', version: 12 }] })).toThrow('opset 12')
    expect(() => halfPrecisionCopy(eightBitCopy(model))).toThrow('quantised already')
  })
})
