import { describe, test } from 'vitest'
import { checkGradients, type TestShape } from '../check-gradients.ts'

describe('Where', () => {
  test.each([
    [
      ['batch', 3],
      ['batch', 3],
      ['batch', 3],
    ],
    [['batch', 1], [3], []],
    [[3], ['batch', 1], [2, 1, 1]],
  ] as TestShape[][])('by %j of %j and %j', async (condition, a, b) => {
    await checkGradients({
      inputs: { condition: condition!, a: a!, b: b! },
      build: (graph, inputs) => {
        const positive = graph.node('Greater', [inputs.condition!, graph.constant(Float64Array.of(0), [])])
        const selected = graph.node('Where', [positive, inputs.a!, inputs.b!])
        // So that the condition has a gradient to compare.
        return graph.node('Add', [selected, inputs.condition!])
      },
    })
  })
})
