import { describe, expect, test } from 'vitest'
import { checkGradients } from '../check-gradients.ts'

describe('Concat', () => {
  test.each([1, -2])('along axis %i', async (axis) => {
    await checkGradients({
      inputs: { a: ['batch', 1, 2], b: ['batch', 3, 2], c: ['batch', 2, 2] },
      build: (graph, { a, b, c }) => graph.node('Concat', [a!, b!, c!], { axis }),
    })
  })

  test('of a value with itself and a constant', async () => {
    await checkGradients({
      inputs: { a: [2, 2] },
      build: (graph, { a }) =>
        graph.node('Concat', [a!, graph.constant(Float64Array.of(1, 2), [1, 2]), a!], { axis: 0 }),
    })
  })

  test('of one value', async () => {
    await checkGradients({
      inputs: { a: ['batch', 2] },
      build: (graph, { a }) => graph.node('Concat', [a!], { axis: 0 }),
    })
  })

  test('along the batch is refused', async () => {
    const refused = checkGradients({
      inputs: { a: ['batch', 2], b: ['batch', 2] },
      build: (graph, { a, b }) => graph.node('Concat', [a!, b!], { axis: 0 }),
    })
    await expect(refused).rejects.toThrow(/axis 0 of input 0 of Concat 'case\/Concat_\d+' grows with the batch/)
  })
})

describe('Split', () => {
  test.each([13, 17])('into equal parts, opset %i', async (opset) => {
    await checkGradients({
      opset,
      inputs: { x: ['batch', 6] },
      build: (graph, { x }) => {
        const [a, b, c] = graph.nodes('Split', [x!], 3, { axis: -1 })
        return graph.node('Mul', [graph.node('Mul', [a!, b!]), c!])
      },
    })
  })

  test.each([18, 21])('by num_outputs with a smaller last part, opset %i', async (opset) => {
    await checkGradients({
      opset,
      inputs: { x: ['batch', 5] },
      build: (graph, { x }) => {
        const [a, , c] = graph.nodes('Split', [x!], 3, { axis: 1, num_outputs: 3 })
        return graph.node('Mul', [a!, c!])
      },
    })
  })

  test.each([
    ['the first', [0]],
    ['the second', [1]],
    ['the last', [3]],
    ['the outer', [0, 3]],
    ['the last two', [2, 3]],
    ['all', [0, 1, 2, 3]],
  ])('by sizes, of which %s are used', async (_, used) => {
    await checkGradients({
      inputs: { x: [7, 'batch'] },
      build: (graph, { x }) => {
        const parts = graph.nodes('Split', [x!, graph.integers([1, 3, 2, 1])], 4, { axis: 0 })
        return graph.node(
          'Concat',
          used.map((index) => parts[index]!),
          { axis: 0 },
        )
      },
    })
  })
})
