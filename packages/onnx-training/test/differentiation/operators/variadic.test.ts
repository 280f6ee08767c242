import { describe, expect, test } from 'vitest'
import { checkGradients, gradientsAt, type TestShape } from '../check-gradients.ts'

describe.each(['Sum', 'Max', 'Min'])('%s', (operator) => {
  test.each([
    [[['batch', 3]]],
    [[['batch', 3], [3]]],
    [[[2, 1], ['batch', 1, 3], []]],
    [[[1, 3], ['batch', 1], [3], ['batch', 3]]],
  ] as TestShape[][][])('of %j', async (shapes) => {
    await checkGradients({
      inputs: Object.fromEntries(shapes.map((shape, index) => [`x${index}`, shape])),
      build: (graph, inputs) => graph.node(operator, Object.values(inputs)),
    })
  })
})

test('Mean', async () => {
  await checkGradients({
    inputs: { a: ['batch', 3], b: [3], c: [] },
    build: (graph, { a, b, c }) => graph.node('Mean', [a!, b!, c!]),
    reference: ({ a, b, c }) => a!.map((value, index) => (value + b![index % 3]! + c![0]!) / 3),
  })
})

test('Max beside a constant', async () => {
  await checkGradients({
    inputs: { x: ['batch', 4] },
    build: (graph, { x }) => graph.node('Max', [x!, graph.constant(Float64Array.of(0.1), [])]),
  })
})

test.each(['Max', 'Min'])('equal operands of %s share the gradient, as in PyTorch', async (operator) => {
  const gradients = await gradientsAt(
    { build: (graph, { a, b, c }) => graph.node(operator, [a!, b!, c!]) },
    { a: [1, 2], b: [1, 2], c: operator === 'Max' ? [0, 2] : [3, 2] },
  )
  expect(gradients).toEqual({ a: [0.5, 1 / 3], b: [0.5, 1 / 3], c: [0, 1 / 3] })
})
