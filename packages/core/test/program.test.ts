import { describe, expect, test } from 'vitest'
import { type Expression, lossProgram, operandsOf, statisticsFromCounts, topologicalOrder } from '../src/index.ts'
import { allLosses } from './losses/all-losses.ts'

/** What a node computes, as text: equal texts are equal computations. */
function computation(node: Expression, known: Map<Expression, string>): string {
  const operands = operandsOf(node).map((operand) => known.get(operand))
  switch (node.kind) {
    case 'constant':
      return `${node.value}`
    case 'classVector':
      return `[${node.values.join(' ')}]`
    case 'input':
      return node.name
    case 'size':
      return `size ${node.axis}`
    case 'power':
      return `(${operands[0]} ^ ${node.exponent})`
    case 'sum':
    case 'max':
      return `(${node.kind} ${node.axis} ${operands[0]})`
    default:
      return `(${node.kind} ${operands.join(' ')})`
  }
}

describe('value, elements and gradient share their common parts', () => {
  const statistics = statisticsFromCounts({ classCounts: [900, 300, 7], sampleCount: 1000 })
  test.each(allLosses)('$title computes nothing of [B, C] twice', ({ create }) => {
    const { value, elements, gradient } = lossProgram(create(statistics, {}))
    const known = new Map<Expression, string>()
    const seen = new Map<string, number>()
    for (const node of topologicalOrder([value, elements!, gradient])) {
      const text = computation(node, known)
      known.set(node, text)
      if (node.extent.batch && node.extent.classes) seen.set(text, (seen.get(text) ?? 0) + 1)
    }
    expect([...seen].filter(([, count]) => count > 1)).toEqual([])
  })
})
