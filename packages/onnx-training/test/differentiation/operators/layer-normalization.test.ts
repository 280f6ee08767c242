import { describe, expect, test } from 'vitest'
import { float } from '../../../src/index.ts'
import { checkGradients } from '../check-gradients.ts'

describe('LayerNormalization', () => {
  test.each([
    [-1, [3]],
    [2, [3]],
    [1, [2, 3]],
    [-2, [2, 3]],
  ])('over the axes from %i on', async (axis, parameters) => {
    await checkGradients({
      inputs: { x: ['batch', 2, 3], scale: parameters, bias: parameters },
      build: (graph, { x, scale, bias }) =>
        graph.node('LayerNormalization', [x!, scale!, bias!], { axis, epsilon: float(0.01) }),
    })
  })

  test.each([17, 18, 21])('without bias and attributes, opset %i', async (opset) => {
    await checkGradients({
      inputs: { x: ['batch', 4], scale: [4] },
      opset,
      build: (graph, { x, scale }) => graph.node('LayerNormalization', [x!, scale!]),
    })
  })

  test('of rows far from zero', async () => {
    await checkGradients({
      inputs: { x: ['batch', 4], scale: [4] },
      range: [100, 101],
      build: (graph, { x, scale }) => graph.node('LayerNormalization', [x!, scale!]),
    })
  })

  test('refuses gradients of its statistics', async () => {
    const gradients = checkGradients({
      inputs: { x: ['batch', 4], scale: [4] },
      // In float32, as the statistics are.
      reference: ({ x }) => x!,
      build: (graph, { x, scale }) => {
        const [y, mean] = graph.nodes('LayerNormalization', [x!, scale!], 2)
        return graph.node('Add', [y!, mean!])
      },
    })
    await expect(gradients).rejects.toThrow(/LayerNormalization '.+' cannot be differentiated: its mean/)
  })
})
