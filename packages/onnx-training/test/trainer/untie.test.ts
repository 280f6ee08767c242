import { describe, expect, test } from 'vitest'
import { GraphBuilder, graphOf, type ModelProto, makeTensor, modelParameters, tensorData } from '../../src/index.ts'
import { untieWeights } from '../../src/trainer/untie.ts'
import { runModel } from './support/run-model.ts'

/** x · first + second, where both are one tensor that is handed on. */
function tiedModel(): ModelProto {
  const graph = new GraphBuilder('tied')
  const x = graph.input('x', 'double', ['batch', 2])
  const shared = graph.initializer('norm1.weight', Float64Array.of(2, 3), [2])
  const first = graph.node('Identity', [shared])
  const second = graph.node('Identity', [first])
  const scaled = graph.node('Mul', [graph.node('Mul', [x, shared]), first])
  graph.output('logits', graph.node('Add', [scaled, second]), 'double')
  const model = graph.toModel()
  return renamed(model, { [first]: 'norm2.weight', [second]: 'norm2.bias' })
}

/** A model with other names for some of its values. */
function renamed(model: ModelProto, names: Readonly<Record<string, string>>): ModelProto {
  const graph = graphOf(model)
  const node = graph.node.map((each) => ({
    ...each,
    input: each.input.map((name) => names[name] ?? name),
    output: each.output.map((name) => names[name] ?? name),
  }))
  return { ...model, graph: { ...graph, node } }
}

const x = { x: { data: Float64Array.of(1, -2, 0.5, 4), dims: [2, 2] } }

describe('weights that one tensor stands for', () => {
  test('become initializers of their own, with the names that their readers know', () => {
    const untied = untieWeights(tiedModel())
    expect(modelParameters(untied).map(({ initializer }) => initializer)).toEqual([
      'norm1.weight',
      'norm2.weight',
      'norm2.bias',
    ])
    for (const tensor of graphOf(untied).initializer) expect([...tensorData(tensor)]).toEqual([2, 3])
    expect(graphOf(untied).node.map(({ opType }) => opType)).toEqual(['Mul', 'Mul', 'Add', 'Identity'])
  })

  test('compute the same, and leave the model as it was', async () => {
    const model = tiedModel()
    const before = structuredClone(model)
    expect(await runModel(untieWeights(model), x)).toEqual(await runModel(model, x))
    expect(model).toEqual(before)
  })

  test('are told apart by the function that lists parameters', () => {
    expect(modelParameters(tiedModel()).map(({ name }) => name)).toEqual(['norm1.weight', 'norm2.weight', 'norm2.bias'])
  })
})

describe('weights in Constant nodes', () => {
  test('become initializers', async () => {
    const graph = new GraphBuilder('constants')
    const input = graph.input('x', 'double', ['batch', 2])
    const weight = graph.node('Constant', [], { value: makeTensor('', Float64Array.of(2, 5), [2]) })
    graph.output('logits', graph.node('Mul', [input, weight]), 'double')
    const model = graph.toModel()
    const untied = untieWeights(model)
    expect(graphOf(untied).node.map(({ opType }) => opType)).toEqual(['Mul', 'Identity'])
    expect(modelParameters(model)).toEqual([{ initializer: weight, name: weight, shape: [2] }])
    expect(await runModel(untied, x)).toEqual(Float64Array.of(2, -10, 1, 20))
  })

  test('but not those that are numbers in the node, nor an output of the model', () => {
    const graph = new GraphBuilder('constants')
    const input = graph.input('x', 'double', ['batch', 2])
    const axes = graph.node('Constant', [], { value_ints: [0] })
    graph.output('logits', graph.node('Unsqueeze', [input, axes]), 'double')
    graph.output('copy', graph.initializer('weight', Float64Array.of(1, 2), [2]), 'double')
    const { node, initializer } = graphOf(untieWeights(graph.toModel()))
    expect(node.map(({ opType }) => opType)).toEqual(['Constant', 'Unsqueeze', 'Identity', 'Identity'])
    expect(initializer.map(({ name }) => name)).toEqual(['weight'])
  })
})
