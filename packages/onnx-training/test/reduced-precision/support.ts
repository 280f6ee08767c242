import { ATTRIBUTE_TYPE, GraphBuilder, graphOf, type ModelProto, type TensorProto } from '../../src/index.ts'
import { randomValues } from '../trainer/support/random-values.ts'

/** A model that takes `x`; `build` gets a builder and the input and gives the value to be the output `logits`. */
export function modelOf(
  shape: readonly (number | string)[],
  build: (graph: GraphBuilder, x: string) => string,
  opset = 17,
): ModelProto {
  const graph = new GraphBuilder('test', { opset })
  const x = graph.input('x', 'float', shape)
  graph.output('logits', build(graph, x), 'float')
  return graph.toModel()
}

/** An initializer of random numbers on [−scale, scale), which depend on its name. */
export function weights(graph: GraphBuilder, name: string, dims: readonly number[], scale = 0.2): string {
  const count = dims.reduce((product, size) => product * size, 1)
  const seed = [...name].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 0)
  return graph.initializer(name, Float32Array.from(randomValues(count, seed, scale)), dims)
}

/** The tensor of a name. */
export function tensorOf(model: ModelProto, name: string): TensorProto | undefined {
  return graphOf(model).initializer.find((tensor) => tensor.name === name)
}

/** The largest difference of two results, as a share of the largest number of the first. */
export function relativeDifference(expected: ArrayLike<number>, got: ArrayLike<number>): number {
  const largest = Math.max(...Array.from(expected, Math.abs))
  return Math.max(...Array.from(expected, (value, index) => Math.abs(value - got[index]!))) / largest
}

/** An If with branches that read values of the graph around them. */
export function choose(
  graph: GraphBuilder,
  condition: string,
  branches: Readonly<Record<'then_branch' | 'else_branch', (branch: GraphBuilder) => string>>,
): string {
  const attribute = Object.entries(branches).map(([name, build]) => {
    const branch = new GraphBuilder(name)
    branch.output(`${name}/result`, build(branch), 'float')
    return { name, type: ATTRIBUTE_TYPE.g, g: graphOf(branch.toModel()) }
  })
  const chosen = graph.node('Identity', [condition])
  const node = graphOf(graph.toModel()).node.at(-1)!
  Object.assign(node, { opType: 'If', attribute })
  return chosen
}
