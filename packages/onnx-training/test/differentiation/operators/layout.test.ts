import { describe, test } from 'vitest'
import { batchSizeOf } from '../batch-size.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('Transpose', () => {
  test.each([
    [
      ['batch', 2, 4],
      [0, 2, 1],
    ],
    [
      [2, 'batch', 4],
      [2, 0, 1],
    ],
    [
      ['batch', 2, 3, 2],
      [0, 2, 3, 1],
    ],
  ] as [TestShape, number[]][])('of %j by %j', async (x, perm) => {
    await checkGradients({ inputs: { x }, build: (graph, inputs) => graph.node('Transpose', [inputs.x!], { perm }) })
  })

  test('reverses the axes without a permutation', async () => {
    await checkGradients({ inputs: { x: ['batch', 2, 4] }, build: (graph, { x }) => graph.node('Transpose', [x!]) })
  })
})

describe('Reshape', () => {
  test.each([
    [
      ['batch', 2, 3],
      [0, -1],
    ],
    [
      ['batch', 2, 3],
      [-1, 3],
    ],
    [['batch', 4], [-1]],
    [
      [2, 6],
      [3, 2, 2],
    ],
    [[1, 1], []],
    [[], [1, 1]],
  ] as [TestShape, number[]][])('of %j to %j', async (x, shape) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Reshape', [inputs.x!, graph.integers(shape)]),
    })
  })

  test('with allowzero', async () => {
    await checkGradients({
      inputs: { x: ['batch', 4] },
      build: (graph, { x }) => graph.node('Reshape', [x!, graph.integers([-1, 2, 2])], { allowzero: 1 }),
    })
  })

  test('to a shape that is computed', async () => {
    await checkGradients({
      inputs: { x: ['batch', 4] },
      build: (graph, { x }) => {
        const batch = batchSizeOf(graph, x!)
        return graph.node('Reshape', [x!, graph.node('Concat', [batch, graph.integers([2, 2])], { axis: 0 })])
      },
    })
  })
})

describe('Flatten, Squeeze and Unsqueeze', () => {
  test.each([0, 1, 2, -1])('Flatten from axis %i', async (axis) => {
    await checkGradients({
      inputs: { x: ['batch', 2, 3] },
      build: (graph, { x }) => graph.node('Flatten', [x!], { axis }),
    })
  })

  test.each([[[1]], [[-1]], [[1, 3]]])('Squeeze of axes %j', async (axes) => {
    await checkGradients({
      inputs: { x: ['batch', 1, 2, 1] },
      build: (graph, { x }) => graph.node('Squeeze', [x!, graph.integers(axes)]),
    })
  })

  test('Squeeze of all axes of size 1', async () => {
    await checkGradients({
      inputs: { x: ['batch', 1, 2, 1] },
      build: (graph, { x }) => graph.node('Squeeze', [x!]),
    })
  })

  test.each([[[0]], [[-1]], [[1, 3]]])('Unsqueeze at axes %j', async (axes) => {
    await checkGradients({
      inputs: { x: ['batch', 2] },
      build: (graph, { x }) => graph.node('Unsqueeze', [x!, graph.integers(axes)]),
    })
  })
})

describe('DepthToSpace and SpaceToDepth', () => {
  test.each(['DCR', 'CRD'])('DepthToSpace, %s', async (mode) => {
    await checkGradients({
      inputs: { x: ['batch', 8, 2, 3] },
      batchSize: 2,
      build: (graph, { x }) => graph.node('DepthToSpace', [x!], { blocksize: 2, mode }),
    })
  })

  test('DepthToSpace without a mode', async () => {
    await checkGradients({
      inputs: { x: ['batch', 9, 1, 2] },
      build: (graph, { x }) => graph.node('DepthToSpace', [x!], { blocksize: 3 }),
    })
  })

  test('SpaceToDepth', async () => {
    await checkGradients({
      inputs: { x: ['batch', 2, 4, 2] },
      batchSize: 2,
      build: (graph, { x }) => graph.node('SpaceToDepth', [x!], { blocksize: 2 }),
    })
  })
})

describe('Trilu', () => {
  test.each([
    [undefined, undefined],
    [0, 1],
    [1, 1],
    [0, -1],
  ] as [number | undefined, number | undefined][])('upper %s, diagonal %s', async (upper, diagonal) => {
    await checkGradients({
      inputs: { x: ['batch', 3, 4] },
      build: (graph, { x }) =>
        graph.node(
          'Trilu',
          [x!, ...(diagonal === undefined ? [] : [graph.integers(diagonal)])],
          upper === undefined ? {} : { upper },
        ),
    })
  })
})
