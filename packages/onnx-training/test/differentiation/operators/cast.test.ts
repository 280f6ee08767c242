import { describe, expect, test } from 'vitest'
import { DATA_TYPE } from '../../../src/index.ts'
import { checkGradients, gradientsAt } from '../check-gradients.ts'

describe('Cast', () => {
  test('to the same type', async () => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      build: (graph, { x }) => graph.node('Cast', [x!], { to: DATA_TYPE.double }),
    })
  })

  test.each(['int32', 'int64', 'bool'] as const)('to %s and back stops the gradient', async (type) => {
    const { x } = await gradientsAt(
      {
        build: (graph, { x }) => {
          const whole = graph.node('Cast', [graph.node('Cast', [x!], { to: DATA_TYPE[type] })], {
            to: DATA_TYPE.double,
          })
          return graph.node('Mul', [x!, whole])
        },
      },
      { x: [0, 1, 2.5] },
    )
    expect(x).toEqual(type === 'bool' ? [0, 1, 1] : [0, 1, 2])
  })

  test('to another precision is refused', async () => {
    const refused = checkGradients({
      inputs: { x: ['batch', 3] },
      build: (graph, { x }) =>
        graph.node('Cast', [graph.node('Cast', [x!], { to: DATA_TYPE.float })], { to: DATA_TYPE.double }),
    })
    await expect(refused).rejects.toThrow(/Cast 'case\/Cast_\d+' cannot be differentiated: it changes the precision/)
  })
})
