import { describe, test } from 'vitest'
import { DATA_TYPE, float } from '../../../src/index.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('GroupNormalization', () => {
  test.each<[number, number, TestShape, number]>([
    [18, 2, ['batch', 4, 3], 2],
    [18, 1, ['batch', 3, 2, 2], 1],
    [21, 2, ['batch', 4, 3], 4],
    [21, 1, ['batch', 3, 2, 2], 3],
    [21, 3, ['batch', 3, 2, 2], 3],
    [21, 2, ['batch', 4], 4],
  ])('of opset %i in %i groups, of %j with %i scales', async (opset, groups, shape, parameters) => {
    await checkGradients({
      inputs: { x: shape, scale: [parameters], bias: [parameters] },
      opset,
      batchSize: 2,
      build: (graph, { x, scale, bias }) =>
        graph.node('GroupNormalization', [x!, scale!, bias!], {
          num_groups: groups,
          epsilon: float(0.01),
          // Without it, opset 21 computes in float32.
          ...(opset >= 21 ? { stash_type: DATA_TYPE.double } : {}),
        }),
    })
  })
})
