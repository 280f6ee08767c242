import { describe, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

const products: readonly (readonly [TestShape, TestShape])[] = [
  [
    ['batch', 4],
    [4, 2],
  ],
  [
    ['batch', 2, 4],
    [4, 3],
  ],
  [
    [2, 'batch', 4],
    [4, 3],
  ],
  [
    [2, 'batch'],
    ['batch', 3],
  ],
  [[4], [4]],
  [['batch', 4], [4]],
  [['batch', 2, 4], [4]],
  [[4], [4, 3]],
  [[4], ['batch', 4, 3]],
  [
    [2, 4],
    ['batch', 4, 3],
  ],
  [
    ['batch', 2, 4],
    ['batch', 4, 3],
  ],
  [
    ['batch', 2, 3, 4],
    ['batch', 2, 4, 3],
  ],
  [
    ['batch', 1, 3, 4],
    [2, 4, 2],
  ],
  [
    [1, 2, 3, 4],
    ['batch', 1, 4, 1],
  ],
]

describe('MatMul', () => {
  test.each(products)('of %j and %j', async (a, b) => {
    await checkGradients({
      inputs: { a, b },
      build: (graph, inputs) => graph.node('MatMul', [inputs.a!, inputs.b!]),
    })
  })

  test('of a matrix with itself', async () => {
    await checkGradients({ inputs: { a: [3, 3] }, build: (graph, { a }) => graph.node('MatMul', [a!, a!]) })
  })
})
