import { createRandom } from '@dbloss/core'
import * as onnxruntime from 'onnxruntime-node'
import { expect } from 'vitest'
import { appendGradients } from '../../src/differentiation/differentiate.ts'
import { GradientNodes } from '../../src/differentiation/gradient-nodes.ts'
import { isDifferentiable, ruleOf } from '../../src/differentiation/operators/index.ts'
import { probeValues } from '../../src/differentiation/probe.ts'
import { sizesAt, type ValueShape } from '../../src/differentiation/shapes.ts'
import { GraphBuilder, ModelGraph, type Ort } from '../../src/index.ts'
import { type GraphPrecision, precisions, toPrecision } from '../../src/precision.ts'

/** `'batch'` is an axis that grows with the batch. */
export type TestShape = readonly (number | 'batch')[]

/** A graph whose gradient is compared with finite differences. */
export interface GradientCase {
  /** The inputs to differentiate by, with their shapes. */
  readonly inputs: Readonly<Record<string, TestShape>>
  /** Adds the nodes to check and returns the name of the result. */
  readonly build: (graph: GraphBuilder, inputs: Readonly<Record<string, string>>) => string
  /** Default 17. */
  readonly opset?: number
  /** Default 3. */
  readonly batchSize?: number
  /** Where the inputs are drawn from. Default [−1, 1). */
  readonly range?: readonly [number, number]
  /**
   * The result in float64, where the runtime has no float64 kernel for the operator; the gradient then runs in float32.
   * Takes and gives row-major values.
   */
  readonly reference?: (inputs: Readonly<Record<string, Float64Array>>, batchSize: number) => Float64Array
  /** Default 1. */
  readonly seed?: number
}

const ort: Ort = onnxruntime

/** Values this small gain nothing from threads, which cost more than the runs. */
const sessionOptions = { intraOpNumThreads: 1 }

/**
 * Central differences of a float64 forward pass, compared with the gradient that the rules write: relative to the largest
 * derivative, 1e-8 in float64 (a central difference with step 1e-5 errs by some 1e-10 of second derivatives of order one)
 * and 2e-6 in float32 (some 16 eps, for sums of a few dozen terms).
 */
export async function checkGradients(testCase: GradientCase): Promise<void> {
  const { inputs, reference, batchSize = 3, range: [low, high] = [-1, 1], seed = 1 } = testCase
  const precision: GraphPrecision = reference === undefined ? 'float64' : 'float32'
  const random = createRandom(seed)
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, valueShape(shape)]))
  const dims = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, sizesAt(shape, batchSize)]))
  const data = Object.fromEntries(
    Object.entries(dims).map(([name, sizes]) => [
      name,
      // Numbers that float32 has too, so that both precisions compute with the same.
      Float64Array.from({ length: elementCount(sizes) }, () => Math.fround(low + (high - low) * random.next())),
    ]),
  )

  const forward = await forwardPass(testCase, shapes, precision)
  const evaluate = reference ?? ((values: Readonly<Record<string, Float64Array>>) => forward(values, dims))
  const result = await evaluate(data, batchSize)
  const seedValues = result.map(() => Math.fround(2 * random.next() - 1))
  const got = await derivedGradients(testCase, shapes, precision, data, dims, seedValues)
  if (reference !== undefined) expectSame(await forward(data, dims), result)

  for (const [name, values] of Object.entries(data)) {
    const expected = new Float64Array(values.length)
    for (let index = 0; index < values.length; index++) {
      const step = 1e-5
      const at = async (offset: number): Promise<number> => {
        const moved = values.slice()
        moved[index]! += offset
        const result = await evaluate({ ...data, [name]: moved }, batchSize)
        return result.reduce((total, value, position) => total + value * seedValues[position]!, 0)
      }
      expected[index] = ((await at(step)) - (await at(-step))) / (2 * step)
    }
    const largest = Math.max(1e-3, ...expected.map(Math.abs))
    const tolerance = (precision === 'float64' ? 1e-8 : 2e-6) * largest
    expect(got[name]!.length, `gradient by ${name}`).toBe(expected.length)
    const wrong = expected.findIndex((value, index) => !(Math.abs(value - got[name]![index]!) <= tolerance))
    if (wrong >= 0) throw new Error(`∂/∂${name}[${wrong}] is ${got[name]![wrong]}; expected ${expected[wrong]}`)
  }
}

/** That the runtime computes what the reference does, up to the rounding of float32. */
function expectSame(got: Float64Array, expected: Float64Array): void {
  const largest = Math.max(1e-3, ...expected.map(Math.abs))
  const difference = Math.max(...expected.map((value, index) => Math.abs(value - got[index]!)))
  expect(difference, 'difference of the runtime from the reference').toBeLessThanOrEqual(2e-6 * largest)
}

/** The gradients of the sum of the results where finite differences say nothing: at ties, kinks and extremes. */
export async function gradientsAt(
  testCase: Pick<GradientCase, 'build' | 'opset'> & { readonly precision?: GraphPrecision },
  vectors: Readonly<Record<string, readonly number[]>>,
): Promise<Readonly<Record<string, number[]>>> {
  const { precision = 'float64' } = testCase
  const dims = Object.fromEntries(Object.entries(vectors).map(([name, values]) => [name, [values.length]]))
  const data = Object.fromEntries(Object.entries(vectors).map(([name, values]) => [name, Float64Array.from(values)]))
  const evaluate = await forwardPass({ ...testCase, inputs: dims }, dims, precision)
  const seedValues = (await evaluate(data, dims)).fill(1)
  const gradients = await derivedGradients({ ...testCase, inputs: dims }, dims, precision, data, dims, seedValues)
  return Object.fromEntries(Object.entries(gradients).map(([name, values]) => [name, Array.from(values)]))
}

function valueShape(shape: TestShape): ValueShape {
  return shape.map((size) => (size === 'batch' ? { perSample: 1 } : size))
}

function elementCount(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1)
}

function modelOf(
  { build, opset = 17 }: GradientCase,
  shapes: Readonly<Record<string, ValueShape>>,
  precision: GraphPrecision,
): { readonly graph: GraphBuilder; readonly result: string } {
  const graph = new GraphBuilder('case', { opset, irVersion: opset >= 21 ? 10 : 8 })
  const { element } = precisions[precision]
  const names = Object.entries(shapes).map(([name, shape]) => [
    name,
    graph.input(
      name,
      element,
      shape.map((size) => (typeof size === 'number' ? size : 'batch')),
    ),
  ])
  return { graph, result: build(graph, Object.fromEntries(names)) }
}

/** The forward pass alone; the outputs as float64. */
async function forwardPass(
  testCase: GradientCase,
  shapes: Readonly<Record<string, ValueShape>>,
  precision: GraphPrecision,
) {
  const { graph, result } = modelOf(testCase, shapes, precision)
  graph.output('result', result, precisions[precision].element)
  const session = await ort.InferenceSession.create(graph.toBytes(), sessionOptions)
  return async (
    data: Readonly<Record<string, Float64Array>>,
    dims: Readonly<Record<string, readonly number[]>>,
  ): Promise<Float64Array> => {
    const outputs = await session.run(feeds(data, dims, precision))
    return Float64Array.from(outputs.result!.data as Float64Array)
  }
}

async function derivedGradients(
  testCase: GradientCase,
  shapes: Readonly<Record<string, ValueShape>>,
  precision: GraphPrecision,
  data: Readonly<Record<string, Float64Array>>,
  dims: Readonly<Record<string, readonly number[]>>,
  seedValues: Float64Array,
): Promise<Readonly<Record<string, Float64Array>>> {
  const { graph, result } = modelOf(testCase, shapes, precision)
  const { element } = precisions[precision]
  const forward = new ModelGraph(graph.toModel())
  const nodes = [...forward.graph.node]
  const settled = nodes
    .filter(isDifferentiable)
    .flatMap((node) =>
      (ruleOf(node).settledInputs ?? []).flatMap((index) =>
        forward.producers.has(node.input[index] ?? '') ? [node.input[index]!] : [],
      ),
    )
  const { values } = await probeValues({
    ort,
    graph: forward,
    inputShapes: shapes,
    values: nodes.flatMap(({ output }) => output),
    read: settled,
    sessionOptions,
  })
  const seed = graph.input('seed', element)
  const gradients = appendGradients(
    new GradientNodes(graph, precision),
    { nodes, values },
    { [result]: seed },
    Object.keys(shapes),
  )
  for (const [name, gradient] of gradients) graph.output(`d_${name}`, gradient, element)
  const seedDims = sizesAt(values.shape(result), testCase.batchSize ?? 3)
  const session = await ort.InferenceSession.create(graph.toBytes(), sessionOptions)
  const outputs = await session.run({
    ...feeds(data, dims, precision),
    seed: new ort.Tensor(precisions[precision].tensor, toPrecision(seedValues, precision), seedDims),
  })
  return Object.fromEntries(
    [...gradients.keys()].map((name) => {
      // The sizes too: a gradient has the shape of its value.
      expect(outputs[`d_${name}`]!.dims, `shape of the gradient by ${name}`).toEqual(dims[name])
      return [name, Float64Array.from(outputs[`d_${name}`]!.data as Float64Array)]
    }),
  )
}

function feeds(
  data: Readonly<Record<string, Float64Array>>,
  dims: Readonly<Record<string, readonly number[]>>,
  precision: GraphPrecision,
) {
  return Object.fromEntries(
    Object.entries(data).map(([name, values]) => [
      name,
      new ort.Tensor(precisions[precision].tensor, toPrecision(values, precision), dims[name]!),
    ]),
  )
}
