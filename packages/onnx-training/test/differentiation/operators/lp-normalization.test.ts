import { describe, expect, test } from 'vitest'
import { checkGradients, gradientsAt } from '../check-gradients.ts'

describe('LpNormalization', () => {
  test.each([
    [1, -1],
    [1, 1],
    [2, 1],
    [2, 0],
  ])('with p = %i along axis %i', async (p, axis) => {
    await checkGradients({
      inputs: { x: ['batch', 3, 2] },
      build: (graph, { x }) => graph.node('LpNormalization', [x!], { p, axis }),
    })
  })

  test.each([13, 18, 21])('with p = 2 along the last axis unless told otherwise, opset %i', async (opset) => {
    await checkGradients({
      inputs: { x: ['batch', 4] },
      opset,
      build: (graph, { x }) => graph.node('LpNormalization', [x!]),
    })
  })

  test('of zeros is a gradient of zeros', async () => {
    const { x } = await gradientsAt({ build: (graph, { x }) => graph.node('LpNormalization', [x!]) }, { x: [0, 0] })
    expect(x).toEqual([0, 0])
  })
})
