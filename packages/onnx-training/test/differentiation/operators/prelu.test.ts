import { describe, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('PRelu', () => {
  test.each([
    [
      ['batch', 2, 3],
      [2, 1],
    ],
    [['batch', 3], []],
    [
      ['batch', 3],
      ['batch', 1],
    ],
    [
      ['batch', 3],
      ['batch', 3],
    ],
  ] as [TestShape, TestShape][])('of %j with slopes %j', async (x, slope) => {
    await checkGradients({
      inputs: { x, slope },
      build: (graph, inputs) => graph.node('PRelu', [inputs.x!, inputs.slope!]),
    })
  })
})
