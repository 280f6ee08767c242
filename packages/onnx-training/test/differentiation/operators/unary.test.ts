import { describe, test } from 'vitest'
import { checkGradients } from '../check-gradients.ts'
import { elementwise, erf } from '../reference-elementwise.ts'

describe.each([
  ['Neg', [-2, 2]],
  ['Abs', [-2, -0.1]],
  ['Abs', [0.1, 2]],
  ['Exp', [-2, 2]],
  ['Log', [0.2, 3]],
  ['Sqrt', [0.2, 3]],
  ['Reciprocal', [0.3, 2]],
  ['Reciprocal', [-2, -0.3]],
  ['Sin', [-4, 4]],
  ['Cos', [-4, 4]],
  ['Tanh', [-3, 3]],
  ['Sigmoid', [-6, 6]],
  ['Identity', [-1, 1]],
] as [string, [number, number]][])('%s on %j', (operator, range) => {
  test.each([13, 21])('opset %i', async (opset) => {
    await checkGradients({
      opset,
      inputs: { x: ['batch', 5] },
      range,
      build: (graph, { x }) => graph.node(operator, [x!]),
    })
  })
})

describe('Without a float64 kernel', () => {
  test.each([
    ['Tan', [-1, 1], Math.tan],
    ['Erf', [-3, 3], erf],
    ['Softplus', [-8, 8], (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
    ['Softsign', [-4, 4], (x) => x / (1 + Math.abs(x))],
  ] as [string, [number, number], (x: number) => number][])('%s on %j', async (operator, range, compute) => {
    await checkGradients({
      inputs: { x: ['batch', 7] },
      range,
      build: (graph, { x }) => graph.node(operator, [x!]),
      reference: elementwise(compute),
    })
  })
})
