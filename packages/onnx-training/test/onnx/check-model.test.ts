import { describe, expect, test } from 'vitest'
import {
  checkModel,
  GraphBuilder,
  type GraphProto,
  type ModelProto,
  makeTensor,
  type NodeProto,
} from '../../src/index.ts'

function model(): ModelProto {
  const graph = new GraphBuilder('checked')
  const x = graph.input('x', 'float', ['batch', 2])
  const weights = graph.initializer('weights', Float32Array.of(1, 2, 3, 4), [2, 2])
  graph.output('y', graph.node('Relu', [graph.node('MatMul', [x, weights])]), 'float', ['batch', 2])
  return graph.toModel()
}

/** A model with a branch that holds a graph. */
function withBranch(graph: GraphProto): ModelProto {
  const checked = model()
  checked.graph!.initializer.push(makeTensor('condition', Uint8Array.of(1), []))
  checked.graph!.node.push({
    input: ['condition'],
    output: ['z'],
    opType: 'If',
    attribute: [{ name: 'then_branch', type: 5, g: graph }],
  })
  return checked
}

test('a model that can be trained passes, with its values by name', () => {
  const { producers, initializers, opset } = checkModel(model())
  expect(producers.get('y')!.opType).toBe('Identity')
  expect([...initializers.keys()]).toEqual(['weights'])
  expect(opset).toBe(17)
  expect(checkModel(withBranch(model().graph!)).graph.node).toHaveLength(4)
})

test.each([13, 21])('opset %i is known', (version) => {
  expect(checkModel({ ...model(), opsetImport: [{ domain: 'ai.onnx', version }] }).opset).toBe(version)
})

describe('a model is refused', () => {
  const whatToDo =
    'expected opset 13 to 21: export the model again with opset_version=17, or convert it with onnx.version_converter'
  const of = (change: Partial<ModelProto>) => () => ({ ...model(), ...change })
  const changed = (change: (graph: GraphProto) => void) => () => {
    const { graph, ...rest } = model()
    change(graph!)
    return { ...rest, graph: graph! }
  }
  const node = (graph: GraphProto, index: number) => graph.node[index] as NodeProto

  test.each<[string, () => ModelProto, string]>([
    ['of opset 12', of({ opsetImport: [{ version: 12 }] }), `the model uses opset 12; ${whatToDo}`],
    ['of opset 22', of({ opsetImport: [{ version: 22 }] }), `the model uses opset 22; ${whatToDo}`],
    [
      'without an opset',
      of({ opsetImport: [{ domain: 'com.microsoft', version: 1 }] }),
      `names no opset of the standard operators; ${whatToDo}`,
    ],
    ['of two opsets', of({ opsetImport: [{ version: 17 }, { domain: 'ai.onnx', version: 13 }] }), 'names 2 opsets'],
    ['of IR version 2', of({ irVersion: 2 }), 'the model has IR version 2; expected IR version 3 or later'],
    [
      'with two inputs of one name',
      changed(({ input }) => input.push(input[0]!)),
      "graph 'checked' has two inputs 'x'",
    ],
    ['with an input without a name', changed(({ input }) => input.push({})), "an input of graph 'checked' has no name"],
    [
      'with two initializers of one name',
      changed(({ initializer }) => initializer.push(initializer[0]!)),
      "has two initializers 'weights'",
    ],
    ['with two outputs of one name', changed(({ output }) => output.push(output[0]!)), "has two outputs 'y'"],
    [
      'with an output that nothing makes',
      changed(({ output }) => output.push({ name: 'z' })),
      "nothing makes the output 'z'",
    ],
    [
      'with nodes in a circle',
      changed((graph) => node(graph, 0).input.splice(0, 1, 'y')),
      "reads 'y', which no node before it makes",
    ],
    ['with a value that is made twice', changed((graph) => node(graph, 1).output.push('x')), "'x' is made twice"],
    [
      'with weights of another size',
      changed(({ initializer }) => initializer[0]!.dims.push(3)),
      "tensor 'weights' has 16 bytes of data for shape [2, 2, 3]",
    ],
    [
      'with a negative size',
      changed(({ initializer }) => initializer[0]!.dims.splice(0, 2, -2, -2)),
      'shape [-2, -2], which no data has',
    ],
    [
      'with weights in another file',
      changed(({ initializer }) => Object.assign(initializer[0]!, { dataLocation: 1 })),
      'read it with readModelFile(path)',
    ],
    [
      'with weights of another size in a branch',
      () => withBranch(changed(({ initializer }) => initializer[0]!.dims.push(3))().graph),
      "tensor 'weights' has 16 bytes",
    ],
    [
      'with two inputs of one name in a branch',
      () => withBranch(changed(({ input }) => input.push(input[0]!))().graph),
      "two inputs 'x'",
    ],
  ])('%s', (_, create, message) => {
    expect(() => checkModel(create())).toThrow(
      expect.objectContaining({ name: 'DblossError', code: 'model', message: expect.stringContaining(message) }),
    )
  })

  test('without an IR version', () => {
    const { irVersion: _, ...rest } = model()
    expect(() => checkModel(rest)).toThrow('the model has no IR version')
  })
})
