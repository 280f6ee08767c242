import { describe, test } from 'vitest'
import { checkGradients } from '../check-gradients.ts'

describe.each(['Softmax', 'LogSoftmax'])('%s', (operator) => {
  test.each([-1, 0, 1, 2, -2])('along axis %i', async (axis) => {
    await checkGradients({
      inputs: { x: ['batch', 4, 2] },
      build: (graph, { x }) => graph.node(operator, [x!], { axis }),
    })
  })

  test.each([13, 21])('along the last axis unless told otherwise, opset %i', async (opset) => {
    await checkGradients({ inputs: { x: ['batch', 4] }, opset, build: (graph, { x }) => graph.node(operator, [x!]) })
  })

  test('of logits far apart', async () => {
    await checkGradients({
      inputs: { x: ['batch', 4] },
      range: [-300, 300],
      build: (graph, { x }) => graph.node(operator, [x!]),
    })
  })
})
