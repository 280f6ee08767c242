import { describe, expect, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('Pad', () => {
  test.each([
    [
      ['batch', 3],
      [0, 1, 0, 2],
    ],
    [
      ['batch', 2, 3],
      [0, 0, 1, 0, 2, 0],
    ],
    [
      ['batch', 5],
      [0, -1, 0, -2],
    ],
    [
      ['batch', 5],
      [0, 2, 0, -1],
    ],
    [
      [2, 3],
      [1, 0, 2, 0],
    ],
    [
      ['batch', 2],
      [0, 0, 0, 0],
    ],
  ] as [TestShape, number[]][])('of %j with zeros by %j', async (x, pads) => {
    await checkGradients({
      inputs: { x },
      build: (graph, inputs) => graph.node('Pad', [inputs.x!, graph.integers(pads)]),
    })
  })

  test.each([18, 21])('along some axes with a number, opset %i', async (opset) => {
    await checkGradients({
      opset,
      inputs: { x: ['batch', 2, 3] },
      build: (graph, { x }) =>
        graph.node('Pad', [
          x!,
          graph.integers([1, 0, 2, 1]),
          graph.constant(Float64Array.of(3), []),
          graph.integers([-1, 1]),
        ]),
    })
  })

  test.each([
    ['reflect', [2, 1]],
    ['reflect', [0, 2]],
    ['edge', [1, 4]],
  ])('%s by %j', async (mode, [before, after]) => {
    await checkGradients({
      inputs: { x: ['batch', 2, 3] },
      build: (graph, { x }) => graph.node('Pad', [x!, graph.integers([0, 1, before!, 0, 0, after!])], { mode }),
    })
  })

  test('wrap', async () => {
    await checkGradients({
      opset: 19,
      inputs: { x: ['batch', 3, 2] },
      build: (graph, { x }) => graph.node('Pad', [x!, graph.integers([0, 1, 0, 0, 2, 1])], { mode: 'wrap' }),
    })
  })

  test('with a number that is differentiated by is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 2], value: [] },
      build: (graph, { x, value }) => graph.node('Pad', [x!, graph.integers([0, 1, 0, 0]), value!]),
    })
    await expect(refused).rejects.toThrow(/Pad 'case\/Pad_\d+' cannot be differentiated: the number that it pads with/)
  })

  test('that takes away in another mode than constant is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 4] },
      build: (graph, { x }) => graph.node('Pad', [x!, graph.integers([0, 1, 0, -1])], { mode: 'edge' }),
    })
    await expect(refused).rejects.toThrow(/its pads along axis 1, which has 4 elements, are 1 and -1/)
  })
})
