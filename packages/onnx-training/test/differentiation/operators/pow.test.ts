import { describe, expect, test } from 'vitest'
import { checkGradients, gradientsAt } from '../check-gradients.ts'

describe('Pow', () => {
  test.each([0, 1, 2, 3, 0.5, -1, 2.5])('with the constant exponent %d', async (exponent) => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      range: [0.3, 2],
      build: (graph, { x }) => graph.node('Pow', [x!, graph.constant(Float64Array.of(exponent), [])]),
    })
  })

  test.each([1, 2, 3, 4])('of negative numbers with the integer exponent %i', async (exponent) => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      range: [-2, -0.3],
      build: (graph, { x }) => graph.node('Pow', [x!, graph.constant(BigInt64Array.of(BigInt(exponent)), [1])]),
    })
  })

  test('with int32 exponents for each column', async () => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      range: [-2, -0.3],
      build: (graph, { x }) => graph.node('Pow', [x!, graph.constant(Int32Array.of(0, 1, 3), [3])]),
    })
  })

  test.each([
    [{ x: ['batch', 3] as const, p: ['batch', 3] as const }],
    [{ x: ['batch', 3] as const, p: [] as const }],
    [{ x: [3] as const, p: ['batch', 1] as const }],
  ])('of %j', async (inputs) => {
    await checkGradients({
      inputs,
      range: [0.3, 2],
      build: (graph, { x, p }) => graph.node('Pow', [x!, p!]),
    })
  })

  test.each([
    ['constant', false],
    ['varying', true],
  ])('is finite at base 0, exponents %s', async (_, varying) => {
    const derivatives = []
    for (const exponent of [0, 1, 2, 3.5]) {
      const gradients = await gradientsAt(
        { build: (graph, { x, p }) => graph.node('Pow', [x!, p ?? graph.constant(Float64Array.of(exponent), [])]) },
        { x: [0, 2], ...(varying ? { p: [exponent, exponent] } : {}) },
      )
      derivatives.push(gradients.x![0])
      if (varying) expect(gradients.p![0]).toBe(0)
    }
    expect(derivatives).toEqual([0, 1, 0, 0])
  })
})
