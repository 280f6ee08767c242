import { describe, test } from 'vitest'
import { batchSizeOf } from '../batch-size.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('Expand', () => {
  test.each([
    [
      ['batch', 1],
      [1, 4],
    ],
    [['batch', 3], [3]],
    [[3], [2, 1, 3]],
    [[], [2, 2]],
  ] as [TestShape, number[]][])('of %j to %j', async (x, shape) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Expand', [inputs.x!, graph.integers(shape)]),
    })
  })

  test('of a token to one for each sample', async () => {
    await checkGradients({
      inputs: { token: [1, 1, 2], x: ['batch', 3, 2] },
      build: (graph, { token, x }) => {
        const batch = batchSizeOf(graph, x!)
        const shape = graph.node('Concat', [batch, graph.integers([-1, -1])], { axis: 0 })
        const sizes = graph.node('Where', [graph.node('Equal', [shape, graph.integers(-1)]), graph.integers(1), shape])
        return graph.node('Concat', [graph.node('Expand', [token!, sizes]), x!], { axis: 1 })
      },
    })
  })
})

describe('Tile', () => {
  test.each([
    [
      ['batch', 2],
      [1, 3],
    ],
    [
      ['batch', 2],
      [3, 1],
    ],
    [
      ['batch', 2],
      [2, 2],
    ],
    [
      [2, 1, 3],
      [2, 2, 2],
    ],
    [
      ['batch', 2],
      [1, 1],
    ],
  ] as [TestShape, number[]][])('of %j by %j', async (x, repeats) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Tile', [inputs.x!, graph.integers(repeats)]),
    })
  })

  test('of a value to one for each sample', async () => {
    await checkGradients({
      inputs: { token: [2, 3], x: ['batch', 3] },
      build: (graph, { token, x }) => {
        const batch = batchSizeOf(graph, x!)
        const repeats = graph.node('Concat', [batch, graph.integers([1])], { axis: 0 })
        const tiled = graph.node('Tile', [token!, repeats])
        return graph.node('Mul', [tiled, graph.node('Tile', [x!, graph.integers([2, 1])])])
      },
    })
  })
})
