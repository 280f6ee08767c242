import { describe, expect, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('Gather', () => {
  test.each([
    [['batch', 4], 1, 2],
    [['batch', 4, 3], 1, 0],
    [['batch', 4, 3], -1, -1],
    [[5], 0, 3],
    [[3, 'batch', 2], 0, -2],
  ] as [TestShape, number, number][])('of %j along axis %i at %i', async (x, axis, index) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Gather', [inputs.x!, graph.integers(index)], { axis }),
    })
  })

  test.each([
    [['batch', 4], 1, [2, 0, 2]],
    [[4, 3], 0, [-1, 1]],
    [['batch', 3, 2], -2, [0, 2, 2, 1]],
    [[4, 'batch'], 0, [3]],
  ] as [TestShape, number, number[]][])('of %j along axis %i at %j', async (x, axis, indices) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Gather', [inputs.x!, graph.integers(indices)], { axis }),
    })
  })

  test('at a matrix of int32 indices, along axis 0 when none is given', async () => {
    await checkGradients({
      inputs: { x: [4, 3] },
      build: (graph, { x }) => graph.node('Gather', [x!, graph.constant(Int32Array.of(0, 3, -1, 1), [2, 2])]),
    })
  })

  test('at indices that are computed, one row a sample', async () => {
    await checkGradients({
      inputs: { table: [5, 2], keys: ['batch', 3] },
      build: (graph, { table, keys }) => {
        const indices = graph.node('ArgMax', [keys!], { axis: 1, keepdims: 0 })
        const factors = graph.node('Slice', [keys!, graph.integers([0]), graph.integers([2]), graph.integers([1])])
        return graph.node('Mul', [graph.node('Gather', [table!, indices]), factors])
      },
    })
  })

  test('at a scalar that is computed', async () => {
    await checkGradients({
      inputs: { x: ['batch', 4] },
      build: (graph, { x }) => {
        const last = graph.node('Sub', [
          graph.node('Gather', [graph.node('Shape', [x!]), graph.integers(1)]),
          graph.integers(1),
        ])
        return graph.node('Gather', [x!, last], { axis: 1 })
      },
    })
  })

  test('from the batch is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 4] },
      build: (graph, { x }) => graph.node('Gather', [x!, graph.integers(0)], { axis: 0 }),
    })
    await expect(refused).rejects.toThrow(/axis 0 of Gather 'case\/Gather_\d+' grows with the batch/)
  })
})
