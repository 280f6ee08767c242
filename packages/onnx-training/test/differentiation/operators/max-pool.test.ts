import { describe, expect, test } from 'vitest'
import type { GraphBuilder } from '../../../src/index.ts'
import { checkGradients, gradientsAt } from '../check-gradients.ts'
import { referenceMaxPool } from '../reference-pooling.ts'
import { completePooling, type PoolingCase, poolingCases } from './pooling-cases.ts'

async function check(given: PoolingCase, opset = 17): Promise<void> {
  const form = completePooling(given)
  await checkGradients({
    inputs: { x: ['batch', form.channels, ...form.sizes] },
    opset,
    batchSize: form.batchSize,
    // Negative numbers lose against padding with zeros.
    range: [-2, -1],
    build: (graph, { x }) => graph.node('MaxPool', [x!], form.attributes),
    reference: referenceMaxPool(form),
  })
}

describe('MaxPool', () => {
  test.each(poolingCases)('%s', async (_, form) => check(form))

  test('dilated', async () => check({ sizes: [6, 5], kernel: [2, 3], counts: [4, 1], dilations: [2, 2] }))

  test.each([13, 18, 21])('opset %i', async (opset) =>
    check({ sizes: [5], kernel: [3], counts: [2], strides: [2] }, opset),
  )

  const pool = (graph: GraphBuilder, { x }: Readonly<Record<string, string>>): string => {
    const signal = graph.node('Reshape', [x!, graph.integers([1, 1, -1])])
    return graph.node('MaxPool', [signal], { kernel_shape: [2] })
  }

  test('gives the gradient to the first of equal elements', async () => {
    const { x } = await gradientsAt({ build: pool, precision: 'float32' }, { x: [1, 1, 1, 0] })
    expect(x).toEqual([1, 1, 1, 0])
  })

  test('stays finite with extreme and infinite elements', async () => {
    const { x } = await gradientsAt(
      { build: pool, precision: 'float32' },
      { x: [Number.NEGATIVE_INFINITY, 1, 3e38, -3e38, Number.POSITIVE_INFINITY] },
    )
    expect(x).toEqual([0, 1, 2, 0, 1])
  })
})

describe('GlobalMaxPool', () => {
  test.each([[[4]], [[2, 3]], [[2, 1, 2]]])('over %j', async (sizes) => {
    const form = completePooling({ sizes, kernel: sizes, counts: sizes.map(() => 1) })
    await checkGradients({
      inputs: { x: ['batch', form.channels, ...sizes] },
      batchSize: form.batchSize,
      build: (graph, { x }) => graph.node('GlobalMaxPool', [x!]),
      reference: referenceMaxPool(form),
    })
  })

  test('gives the gradient to the first of equal elements', async () => {
    const build = (graph: GraphBuilder, { x }: Readonly<Record<string, string>>): string =>
      graph.node('GlobalMaxPool', [graph.node('Reshape', [x!, graph.integers([1, 2, 3])])])
    const { x } = await gradientsAt({ build, precision: 'float32' }, { x: [1, 2, 2, 3, 3, 3] })
    expect(x).toEqual([0, 1, 0, 1, 0, 0])
  })
})
