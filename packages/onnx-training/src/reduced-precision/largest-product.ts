import { DATA_TYPE, GraphBuilder, graphOf, type ModelProto } from '../onnx/index.ts'
import { isProduct } from './products.ts'

/** The output that {@link withLargestProduct} adds: a scalar in float32. */
export const largestProductOutput = 'dbloss/largest-product'

/**
 * A copy in float16 that also gives the largest size of what its float16 products have given, over the whole batch. Beyond 65,504
 * float16 overflows; that happens where the runtime computes in float16, as on GPUs, while the CPU computes such products in
 * float32 and hides it.
 *
 * @param copy - from {@link halfPrecisionCopy}.
 */
export function withLargestProduct(copy: ModelProto): ModelProto {
  const graph = graphOf(copy)
  const halves = new Set(
    graph.initializer.filter(({ dataType }) => dataType === DATA_TYPE.float16).map(({ name }) => name),
  )
  const products = graph.node.filter((node) => isProduct(node) && node.input.some((name) => halves.has(name)))
  const builder = GraphBuilder.like('dbloss/range', copy)
  const sizes = products.map(({ output: [product] }) => {
    const size = builder.node('Abs', [builder.node('Cast', [product!], { to: DATA_TYPE.float })])
    return builder.node('ReduceMax', [size], { keepdims: 0 })
  })
  const none = builder.constant(Float32Array.of(0), [])
  builder.output(largestProductOutput, builder.node('Max', [none, ...sizes]), 'float', [])
  const { node, initializer, output } = graphOf(builder.toModel())
  return {
    ...copy,
    graph: {
      ...graph,
      node: [...graph.node, ...node],
      initializer: [...graph.initializer, ...initializer],
      output: [...graph.output, ...output],
    },
  }
}
