import { describe, expect, test } from 'vitest'
import { decomposedGelus } from '../../src/differentiation/decomposed-gelu.ts'
import { ValueTable } from '../../src/differentiation/value-table.ts'
import { GraphBuilder, ModelGraph } from '../../src/index.ts'
import { checkGradients } from './check-gradients.ts'
import { erf } from './reference-elementwise.ts'

type Write = (graph: GraphBuilder, x: string, number: (value: number) => string) => string

const mul = (graph: GraphBuilder, a: string, b: string): string => graph.node('Mul', [a, b])
const sumOf = (graph: GraphBuilder, scaled: string, number: (value: number) => string): string =>
  graph.node('Add', [graph.node('Erf', [scaled]), number(1)])
const divided: Write = (graph, x, number) => sumOf(graph, graph.node('Div', [x, number(Math.SQRT2)]), number)

/** The ways in which exporters write it. */
const forms: Readonly<Record<string, Write>> = {
  'x / √2; (x sum) ½': (graph, x, number) => mul(graph, mul(graph, x, divided(graph, x, number)), number(0.5)),
  'x / √2; (½ x) sum': (graph, x, number) => mul(graph, mul(graph, number(0.5), x), divided(graph, x, number)),
  'x / √2; (sum ½) x': (graph, x, number) => mul(graph, x, mul(graph, divided(graph, x, number), number(0.5))),
  'x √½; (sum x) ½': (graph, x, number) =>
    mul(graph, number(0.5), mul(graph, sumOf(graph, mul(graph, x, number(Math.SQRT1_2)), number), x)),
}

function found(write: Write): ReadonlyMap<string, string> {
  const graph = new GraphBuilder('case')
  const x = graph.node('Identity', [graph.input('input', 'float', ['batch', 3])])
  const result = write(graph, x, (value) => graph.constant(Float32Array.of(value), []))
  graph.output('result', result, 'float', ['batch', 3])
  const model = new ModelGraph(graph.toModel())
  const gelus = decomposedGelus({ nodes: model.graph.node, values: new ValueTable(model, new Map()) })
  expect([...gelus.keys()].every((name) => name === result)).toBe(true)
  return new Map([...gelus.values()].map((operand) => ['operand', operand === x ? 'x' : operand]))
}

describe('a GELU that is written out', () => {
  test.each(Object.entries(forms))('%s', async (_, write) => {
    expect(found(write)).toEqual(new Map([['operand', 'x']]))
    await checkGradients({
      inputs: { x: ['batch', 5] },
      range: [-3, 3],
      build: (graph, { x }) => write(graph, x!, (value) => graph.constant(Float32Array.of(value), [])),
      reference: ({ x }) => x!.map((value) => (value * (1 + erf(value / Math.SQRT2))) / 2),
    })
  })

  test.each<[string, Write]>([
    ['another number', (graph, x, number) => mul(graph, mul(graph, x, divided(graph, x, number)), number(0.7))],
    [
      'another operand',
      (graph, x, number) => mul(graph, mul(graph, graph.node('Neg', [x]), divided(graph, x, number)), number(0.5)),
    ],
    [
      'a part that is used elsewhere',
      (graph, x, number) => {
        const sum = divided(graph, x, number)
        const gelu = mul(graph, mul(graph, x, sum), number(0.5))
        return graph.node('Add', [gelu, sum])
      },
    ],
  ])('is none with %s', (_, write) => {
    expect(found(write)).toEqual(new Map())
  })
})
