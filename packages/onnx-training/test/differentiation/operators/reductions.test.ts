import { describe, expect, test } from 'vitest'
import type { GraphBuilder } from '../../../src/index.ts'
import { checkGradients, gradientsAt, type TestShape } from '../check-gradients.ts'

const operators = [
  'ReduceSum',
  'ReduceMean',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMin',
]

interface Form {
  readonly axes?: readonly number[]
  readonly keepdims?: number
  readonly opset: number
}

function reduce(graph: GraphBuilder, operator: string, x: string, { axes, keepdims, opset }: Form): string {
  const kept = keepdims === undefined ? {} : { keepdims }
  if (axes === undefined) return graph.node(operator, [x], kept)
  return opset >= (operator === 'ReduceSum' ? 13 : 18)
    ? graph.node(operator, [x, graph.integers(axes)], kept)
    : graph.node(operator, [x], { axes, ...kept })
}

describe.each(operators)('%s', (operator) => {
  test.each([
    [['batch', 3], { axes: [1], opset: 13 }],
    [['batch', 2, 3], { axes: [-1, 1], keepdims: 0, opset: 17 }],
    [['batch', 2, 3], { axes: [-2], keepdims: 1, opset: 18 }],
    [['batch', 2, 2], { axes: [2, 0], keepdims: 0, opset: 21 }],
    [['batch', 3], { keepdims: 0, opset: 18 }],
    [[], { opset: 17 }],
  ] as [TestShape, Form][])('of %j by %j', async (x, form) => {
    await checkGradients({
      opset: form.opset,
      inputs: { x },
      range: [0.3, 2],
      build: (graph, inputs) => reduce(graph, operator, inputs.x!, form),
    })
  })

  const unclear = ['ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSum', 'ReduceLogSumExp'].includes(operator)
  test(`over no axes ${unclear ? 'is refused' : 'is its operand'}`, async () => {
    const checked = checkGradients({
      opset: 18,
      inputs: { x: ['batch', 3] },
      build: (graph, { x }) => graph.node(operator, [x!, graph.integers([])], { noop_with_empty_axes: 1 }),
    })
    if (unclear) await expect(checked).rejects.toThrow(`${operator} 'case/${operator}_`)
    else await checked
  })
})

describe('Numbers of both signs, ties and extremes', () => {
  test.each(['ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceLogSumExp'])(
    '%s of numbers of both signs',
    async (operator) => {
      await checkGradients({
        inputs: { x: ['batch', 4] },
        range: [-2, 2],
        build: (graph, { x }) => reduce(graph, operator, x!, { axes: [1], opset: 17 }),
      })
    },
  )

  const gradientOf = async (operator: string, x: readonly number[]): Promise<number[]> =>
    (await gradientsAt({ build: (graph, values) => graph.node(operator, [values.x!]) }, { x })).x!

  test('a norm of 0 has the gradient 0', async () => {
    expect(await gradientOf('ReduceL2', [0, 0])).toEqual([0, 0])
    expect(await gradientOf('ReduceL1', [0, -1])).toEqual([0, -1])
  })

  test('equal extremes share the gradient', async () => {
    expect(await gradientOf('ReduceMax', [1, 3, 3, 2])).toEqual([0, 0.5, 0.5, 0])
    expect(await gradientOf('ReduceMin', [1, 1, 1, 1])).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  test('ReduceLogSumExp of large numbers is finite', async () => {
    const [first, second, third] = await gradientOf('ReduceLogSumExp', [1e5, 1e5, -1e5])
    // The result is known to eps · 1e5.
    for (const half of [first!, second!]) expect(half).toBeCloseTo(0.5, 10)
    expect(third).toBe(0)
  })
})
