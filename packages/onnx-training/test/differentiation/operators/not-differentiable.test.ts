import { describe, expect, test } from 'vitest'
import { DATA_TYPE, type GraphBuilder } from '../../../src/index.ts'
import { batchSizeOf } from '../batch-size.ts'
import { checkGradients } from '../check-gradients.ts'

const toDouble = (graph: GraphBuilder, value: string): string => graph.node('Cast', [value], { to: DATA_TYPE.double })

/** Factors of x that do not change where x changes a little; the gradient of their product with x is the factor. */
const constantFactors: Readonly<Record<string, (graph: GraphBuilder, x: string) => string>> = {
  Greater: (graph, x) => toDouble(graph, graph.node('Greater', [x, graph.constant(Float64Array.of(0.1), [])])),
  LessOrEqual: (graph, x) => toDouble(graph, graph.node('LessOrEqual', [x, graph.constant(Float64Array.of(0.1), [])])),
  Not: (graph, x) => toDouble(graph, graph.node('Not', [graph.node('Equal', [x, x])])),
  IsNaN: (graph, x) => toDouble(graph, graph.node('IsNaN', [x])),
  Shape: (graph, x) => toDouble(graph, batchSizeOf(graph, x)),
  Size: (graph, x) => toDouble(graph, graph.node('Size', [x])),
  ArgMax: (graph, x) => toDouble(graph, graph.node('ArgMax', [x], { axis: 1 })),
  ArgMin: (graph, x) => toDouble(graph, graph.node('ArgMin', [x], { axis: 0 })),
  Sign: (graph, x) => graph.node('Sign', [x]),
  Floor: (graph, x) => graph.node('Floor', [x]),
  Round: (graph, x) => graph.node('Round', [x]),
}

describe('Nothing is differentiated through', () => {
  test.each(Object.keys(constantFactors))('%s', async (operator) => {
    await checkGradients({
      inputs: { x: ['batch', 3] },
      range: [-2, 2],
      build: (graph, { x }) => graph.node('Mul', [x!, constantFactors[operator]!(graph, x!)]),
    })
  })
})

test('operators without a rule are refused by name', async () => {
  const refused = checkGradients({
    inputs: { x: ['batch', 3] },
    range: [1, 2],
    build: (graph, { x }) => graph.node('Mod', [x!, graph.constant(Float64Array.of(0.7), [])], { fmod: 1 }),
  })
  await expect(refused).rejects.toThrow(/Mod 'case\/Mod_\d+' cannot be differentiated: there is no rule for Mod/)
})
