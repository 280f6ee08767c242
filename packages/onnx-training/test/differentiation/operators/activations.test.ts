import { describe, expect, test } from 'vitest'
import { type AttributeValue, float } from '../../../src/index.ts'
import { checkGradients, gradientsAt } from '../check-gradients.ts'
import { elementwise, erf } from '../reference-elementwise.ts'

type Attributes = Readonly<Record<string, AttributeValue>>

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const hardSigmoid = (x: number, alpha: number, beta: number): number => Math.max(0, Math.min(1, alpha * x + beta))
const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x))
const selu = (x: number, alpha: number, gamma: number): number => gamma * elu(x, alpha)

describe.each([
  ['Relu', 17, {}, (x) => Math.max(0, x)],
  ['LeakyRelu', 17, {}, (x) => (x > 0 ? x : 0.01 * x)],
  ['LeakyRelu', 17, { alpha: float(0.3) }, (x) => (x > 0 ? x : 0.3 * x)],
  ['Elu', 17, {}, (x) => elu(x, 1)],
  ['Elu', 17, { alpha: float(0.5) }, (x) => elu(x, 0.5)],
  ['Selu', 17, {}, (x) => selu(x, 1.6732632423543772, 1.0507009873554805)],
  ['Selu', 17, { alpha: float(1.5), gamma: float(0.8) }, (x) => selu(x, 1.5, 0.8)],
  ['Celu', 17, {}, (x) => elu(x, 1)],
  ['Celu', 17, { alpha: float(0.5) }, (x) => (x > 0 ? x : 0.5 * Math.expm1(x / 0.5))],
  ['ThresholdedRelu', 17, {}, (x) => (x > 1 ? x : 0)],
  ['ThresholdedRelu', 17, { alpha: float(-0.5) }, (x) => (x > -0.5 ? x : 0)],
  ['HardSigmoid', 17, {}, (x) => hardSigmoid(x, 0.2, 0.5)],
  ['HardSigmoid', 17, { alpha: float(0.5), beta: float(0.25) }, (x) => hardSigmoid(x, 0.5, 0.25)],
  ['HardSwish', 14, {}, (x) => x * hardSigmoid(x, 1 / 6, 0.5)],
  ['Mish', 18, {}, (x) => x * Math.tanh(softplus(x))],
  ['Gelu', 20, {}, (x) => (x / 2) * (1 + erf(x / Math.SQRT2))],
  ['Gelu', 20, { approximate: 'none' }, (x) => (x / 2) * (1 + erf(x / Math.SQRT2))],
  [
    'Gelu',
    20,
    { approximate: 'tanh' },
    (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  ['Swish', 24, {}, (x) => x / (1 + Math.exp(-x))],
  ['Swish', 24, { alpha: float(1.5) }, (x) => x / (1 + Math.exp(-1.5 * x))],
] as [string, number, Attributes, (x: number) => number][])(
  '%s, opset %i, %j',
  (operator, opset, attributes, compute) => {
    test('is differentiated', async () => {
      await checkGradients({
        opset,
        inputs: { x: ['batch', 8] },
        range: [-4, 4],
        build: (graph, { x }) => graph.node(operator, [x!], attributes),
        reference: elementwise(compute),
      })
    })

    test('is finite far away', async () => {
      const { x } = await gradientsAt(
        { opset, precision: 'float32', build: (graph, { x }) => graph.node(operator, [x!], attributes) },
        { x: [-1e30, -1e4, -100, 100, 1e4, 1e30] },
      )
      expect(x!.every(Number.isFinite)).toBe(true)
      // All of them are linear far away on the right, or constant.
      expect(x![5]).toBe(x![4])
    })
  },
)

describe('At their kinks, as in PyTorch', () => {
  test.each([
    ['Relu', {}, [0], [0]],
    ['LeakyRelu', { alpha: float(0.25) }, [0], [0.25]],
    ['Elu', { alpha: float(0.5) }, [0], [0.5]],
    ['Celu', { alpha: float(0.5) }, [0], [1]],
    ['ThresholdedRelu', {}, [1], [0]],
    ['HardSigmoid', { alpha: float(0.25) }, [-2, 2], [0, 0]],
    ['HardSwish', {}, [-3, 3], [0, 1]],
  ] as [string, Attributes, number[], number[]][])('%s %j at %j', async (operator, attributes, at, expected) => {
    const { x } = await gradientsAt(
      { precision: 'float32', build: (graph, { x }) => graph.node(operator, [x!], attributes) },
      { x: at },
    )
    expect(x).toEqual(expected)
  })
})
