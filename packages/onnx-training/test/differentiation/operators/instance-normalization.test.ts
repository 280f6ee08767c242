import { describe, test } from 'vitest'
import { float } from '../../../src/index.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'
import { referenceInstanceNormalization } from '../reference-normalization.ts'

describe('InstanceNormalization', () => {
  test.each<[TestShape]>([[['batch', 2, 4]], [['batch', 3, 2, 2]], [['batch', 1, 2, 1, 2]]])('of %j', async (shape) => {
    const channels = shape[1] as number
    await checkGradients({
      inputs: { x: shape, scale: [channels], bias: [channels] },
      batchSize: 2,
      build: (graph, { x, scale, bias }) =>
        graph.node('InstanceNormalization', [x!, scale!, bias!], { epsilon: float(0.01) }),
      reference: referenceInstanceNormalization(channels, 0.01),
    })
  })

  test.each([13, 18, 21])('without attributes, opset %i', async (opset) => {
    await checkGradients({
      inputs: { x: ['batch', 2, 4], scale: [2], bias: [2] },
      opset,
      batchSize: 2,
      build: (graph, { x, scale, bias }) => graph.node('InstanceNormalization', [x!, scale!, bias!]),
      reference: referenceInstanceNormalization(2, 1e-5),
    })
  })
})
