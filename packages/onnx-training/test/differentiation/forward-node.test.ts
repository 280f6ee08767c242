import { expect, test } from 'vitest'
import { ForwardNode } from '../../src/differentiation/forward-node.ts'
import { ValueTable } from '../../src/differentiation/value-table.ts'
import { GraphBuilder, ModelGraph, makeTensor } from '../../src/index.ts'

const graph = new GraphBuilder('case')
const x = graph.input('x', 'float')
const exponent = graph.initializer('exponent', Float32Array.of(2.5), [])
const constant = graph.node('Constant', [], { value: makeTensor('', BigInt64Array.of(3n), []) })
graph.node('Pow', [x, exponent])
graph.node('Pow', [x, constant])
graph.node('Pow', [x, graph.node('Neg', [exponent])])
const model = new ModelGraph(graph.toModel())
const powers = model.graph.node.filter(({ opType }) => opType === 'Pow')

const numbersOf = (index: number, active: readonly string[]) =>
  new ForwardNode(powers[index]!, new ValueTable(model, new Map()), ['g'], new Set(active)).constantNumbers(1)

test('constants are initializers and Constant nodes', () => {
  expect(numbersOf(0, [x])).toEqual([2.5])
  expect(numbersOf(1, [x])).toEqual([3])
})

test('what is computed or trained is no constant', () => {
  expect(numbersOf(2, [x])).toBeUndefined()
  expect(numbersOf(0, [x, exponent])).toBeUndefined()
})
