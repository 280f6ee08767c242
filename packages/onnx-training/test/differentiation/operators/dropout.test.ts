import { describe, expect, test } from 'vitest'
import { DATA_TYPE, type GraphBuilder, type NodeProto } from '../../../src/index.ts'
import { checkGradients } from '../check-gradients.ts'

/** Adds the node with a training mode as an initializer: ONNX Runtime fails to optimize away a computed one. */
function dropoutWithMode(graph: GraphBuilder, x: string, isTraining: boolean): string {
  const node: NodeProto = { input: [x, '', 'training'], output: ['dropped'], opType: 'Dropout', attribute: [] }
  const mode = { name: 'training', dims: [], dataType: DATA_TYPE.bool, rawData: Uint8Array.of(isTraining ? 1 : 0) }
  graph.adoptPart({ graph: { node: [node], initializer: [mode], input: [], output: [], valueInfo: [] } }, [node])
  return 'dropped'
}

describe('Dropout', () => {
  test.each([13, 21])('passes the gradient on, opset %i', async (opset) => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      opset,
      build: (graph, { x }) => graph.node('Dropout', [x!, graph.constant(Float64Array.of(0.5), [])]),
    })
  })

  test('passes the gradient on when told that it does not train', async () => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      build: (graph, { x }) => dropoutWithMode(graph, x!, false),
    })
  })

  test('refuses training', async () => {
    const gradients = checkGradients({
      inputs: { x: ['batch', 3] },
      build: (graph, { x }) => dropoutWithMode(graph, x!, true),
    })
    await expect(gradients).rejects.toThrow(/Dropout 'dropped' cannot be differentiated: it is in training mode/)
  })
})
