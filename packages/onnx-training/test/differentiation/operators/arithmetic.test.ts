import { describe, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

const broadcasts: [TestShape, TestShape][] = [
  [
    ['batch', 2, 3],
    ['batch', 2, 3],
  ],
  [['batch', 2, 3], [3]],
  [
    ['batch', 2, 3],
    [2, 1],
  ],
  [['batch', 4], []],
  [
    [1, 4],
    ['batch', 1],
  ],
  [
    [2, 1, 3],
    ['batch', 1, 4, 1],
  ],
]

describe.each(['Add', 'Sub', 'Mul', 'Div'])('%s', (operator) => {
  test.each(broadcasts)('of %j and %j', async (a, b) => {
    await checkGradients({
      inputs: { a, b },
      range: [0.5, 1.5],
      build: (graph, inputs) => graph.node(operator, [inputs.a!, inputs.b!]),
    })
  })

  test('of a value with itself', async () => {
    await checkGradients({
      inputs: { a: ['batch', 3] },
      range: [0.5, 1.5],
      build: (graph, { a }) => graph.node(operator, [a!, a!]),
    })
  })
})
