import { describe, expect, test } from 'vitest'
import { checkGradients, gradientsAt } from '../check-gradients.ts'

describe('Clip', () => {
  test.each([
    ['no bounds', undefined, undefined],
    ['a lower bound', -0.5, undefined],
    ['an upper bound', undefined, 0.5],
    ['both bounds', -0.5, 0.5],
  ])('with %s', async (_, low, high) => {
    await checkGradients({
      opset: 13,
      inputs: { x: ['batch', 6] },
      build: (graph, { x }) => {
        const bounds = [low, high].map((bound) =>
          bound === undefined ? '' : graph.constant(Float64Array.of(bound), []),
        )
        return graph.node('Clip', [x!, ...(high === undefined ? bounds.slice(0, low === undefined ? 0 : 1) : bounds)])
      },
    })
  })

  test('passes the gradient at its bounds, as in PyTorch', async () => {
    const { x } = await gradientsAt(
      {
        build: (graph, { x }) =>
          graph.node('Clip', [x!, graph.constant(Float64Array.of(-1), []), graph.constant(Float64Array.of(6), [])]),
      },
      { x: [-1.5, -1, 0, 6, 6.5] },
    )
    expect(x).toEqual([0, 1, 1, 1, 0])
  })

  test('with a bound that is differentiated by is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 2], low: [] },
      build: (graph, { x, low }) => graph.node('Clip', [x!, low!]),
    })
    await expect(refused).rejects.toThrow(/Clip 'case\/Clip_\d+' cannot be differentiated: a bound is trained/)
  })
})
