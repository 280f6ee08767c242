import { describe, test } from 'vitest'
import { checkGradients } from '../check-gradients.ts'
import { referenceAveragePool } from '../reference-pooling.ts'
import { completePooling, type PoolingCase, poolingCases } from './pooling-cases.ts'

async function check(given: PoolingCase, opset = 17, includePadding = false): Promise<void> {
  const form = completePooling(given)
  const attributes = { ...form.attributes, ...(includePadding ? { count_include_pad: 1 } : {}) }
  await checkGradients({
    inputs: { x: ['batch', form.channels, ...form.sizes] },
    opset,
    batchSize: form.batchSize,
    build: (graph, { x }) => graph.node('AveragePool', [x!], attributes),
    reference: referenceAveragePool(form, includePadding ? form.after : undefined),
  })
}

describe('AveragePool', () => {
  test.each(poolingCases)('%s', async (_, form) => check(form))

  test.each(poolingCases.filter(([, { attributes }]) => attributes?.auto_pad === undefined))(
    '%s, padding counted',
    async (_, form) => check(form, 17, true),
  )

  test.each([false, true])('dilated, since opset 19, padding counted: %s', async (includePadding) => {
    const form = { sizes: [6, 5], kernel: [2, 3], counts: [5, 2], dilations: [2, 2], before: [1, 1], after: [0, 0] }
    await check(form, 19, includePadding)
  })

  test.each([13, 18, 21])('opset %i', async (opset) =>
    check({ sizes: [5], kernel: [3], counts: [2], strides: [2] }, opset),
  )
})

describe('GlobalAveragePool', () => {
  test.each([[[4]], [[2, 3]], [[2, 1, 2]]])('over %j', async (sizes) => {
    const form = completePooling({ sizes, kernel: sizes, counts: sizes.map(() => 1) })
    await checkGradients({
      inputs: { x: ['batch', form.channels, ...sizes] },
      batchSize: form.batchSize,
      build: (graph, { x }) => graph.node('GlobalAveragePool', [x!]),
      reference: referenceAveragePool(form),
    })
  })
})
