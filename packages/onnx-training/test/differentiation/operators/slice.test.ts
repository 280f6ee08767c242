import { describe, expect, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

interface Ranges {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly axes?: readonly number[]
  readonly steps?: readonly number[]
}

const far = Number.MAX_SAFE_INTEGER

describe('Slice', () => {
  test.each([
    [['batch', 5], { starts: [1], ends: [3], axes: [1] }],
    [['batch', 5], { starts: [-3], ends: [far], axes: [-1] }],
    [[3, 4], { starts: [1, 0], ends: [3, -1] }],
    [['batch', 2, 5], { starts: [0, 1], ends: [1, far], axes: [1, 2] }],
    [['batch', 7], { starts: [0], ends: [far], axes: [1], steps: [2] }],
    [['batch', 7], { starts: [1], ends: [far], axes: [1], steps: [3] }],
    [['batch', 8], { starts: [1], ends: [7], axes: [1], steps: [4] }],
    [['batch', 5], { starts: [-1], ends: [-far], axes: [1], steps: [-1] }],
    [['batch', 6], { starts: [4], ends: [0], axes: [1], steps: [-2] }],
    [['batch', 6], { starts: [far], ends: [-far], axes: [1], steps: [-3] }],
    [['batch', 4, 4], { starts: [0, 1], ends: [far, far], axes: [1, 2], steps: [2, 2] }],
    [['batch', 2], { starts: [0], ends: [far], axes: [0] }],
    [['batch', 2], { starts: [-1], ends: [-far], axes: [0], steps: [-1] }],
  ] as [TestShape, Ranges][])('of %j by %j', async (x, { starts, ends, axes, steps }) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => {
        const given = [starts, ends, ...(axes ? [axes] : []), ...(steps ? [steps] : [])]
        return graph.node('Slice', [inputs.x!, ...given.map((values) => graph.integers(values))])
      },
    })
  })

  test('with axes left out beside steps, by int32', async () => {
    await checkGradients({
      inputs: { x: [5, 2] },
      build: (graph, { x }) => {
        const int32 = (value: number): string => graph.constant(Int32Array.of(value), [1])
        return graph.node('Slice', [x!, int32(0), int32(5), '', int32(2)])
      },
    })
  })

  test('to an end that is computed from a shape', async () => {
    await checkGradients({
      inputs: { x: ['batch', 5], y: ['batch', 3] },
      build: (graph, { x, y }) => {
        const end = graph.node('Slice', [graph.node('Shape', [y!]), graph.integers([1]), graph.integers([2])])
        return graph.node('Mul', [graph.node('Slice', [x!, graph.integers([0]), end, graph.integers([1])]), y!])
      },
    })
  })

  test('of a part of the batch is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 5] },
      build: (graph, { x }) => graph.node('Slice', [x!, graph.integers([0]), graph.integers([1]), graph.integers([0])]),
    })
    await expect(refused).rejects.toThrow(/axis 0 of Slice 'case\/Slice_\d+' grows with the batch/)
  })
})
