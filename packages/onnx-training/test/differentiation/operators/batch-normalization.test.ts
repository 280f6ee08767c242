import { describe, expect, test } from 'vitest'
import { float } from '../../../src/index.ts'
import { checkGradients, type TestShape } from '../check-gradients.ts'

const mean = Float64Array.of(0.1, -0.2, 0.3)
const variance = Float64Array.of(0.5, 1, 2)

async function check(shape: TestShape, opset = 17, epsilon?: number): Promise<void> {
  await checkGradients({
    inputs: { x: shape, scale: [3], bias: [3] },
    opset,
    batchSize: 2,
    build: (graph, { x, scale, bias }) =>
      graph.node(
        'BatchNormalization',
        [x!, scale!, bias!, graph.constant(mean, [3]), graph.constant(variance, [3])],
        epsilon === undefined ? {} : { epsilon: float(epsilon) },
      ),
  })
}

describe('BatchNormalization', () => {
  test.each<[TestShape]>([[['batch', 3]], [['batch', 3, 2]], [['batch', 3, 2, 2]]])('of %j', async (shape) =>
    check(shape, 17, 0.1),
  )

  test.each([13, 14, 15, 18, 21])('opset %i', async (opset) => check(['batch', 3, 2], opset))

  test('refuses training', async () => {
    const gradients = checkGradients({
      inputs: { x: ['batch', 3], scale: [3], bias: [3] },
      build: (graph, { x, scale, bias }) =>
        graph.nodes(
          'BatchNormalization',
          [x!, scale!, bias!, graph.constant(mean, [3]), graph.constant(variance, [3])],
          3,
          { training_mode: 1 },
        )[0]!,
    })
    await expect(gradients).rejects.toThrow(
      /BatchNormalization '.+' cannot be differentiated: it is in training mode; expected training_mode 0/,
    )
  })
})
