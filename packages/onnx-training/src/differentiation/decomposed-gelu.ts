import type { NodeProto } from '../onnx/index.ts'
import type { DifferentiatedPart } from './differentiate.ts'

/**
 * GELUs that an exporter has written out as `x (1 + erf(x / √2)) / 2`, in any order of the products.
 *
 * Differentiated as a whole they keep x alone, where their parts would each keep a value of the widest layer; and the runtime
 * can fuse the forward pass, whose parts nothing else then reads.
 *
 * @returns the operand by the name of the result.
 */
export function decomposedGelus({ nodes, values }: DifferentiatedPart): ReadonlyMap<string, string> {
  const producers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)))
  const readers = readersOf(nodes)
  const numberOf = (name: string): number | undefined => {
    const numbers = values.constantNumbers(name)
    return numbers?.length === 1 ? numbers[0] : undefined
  }
  /** The other factor of a product with a number. */
  const scaledBy = (node: NodeProto | undefined, wanted: number): string | undefined => {
    if (node?.opType !== 'Mul') return undefined
    return node.input.find((_, index) => isClose(numberOf(node.input[1 - index]!), wanted))
  }
  const onlyReader = (name: string): NodeProto | undefined => {
    const [reader, ...others] = readers.get(name) ?? []
    return others.length === 0 ? reader : undefined
  }
  /** x of `x / √2`. */
  const operandOf = (node: NodeProto | undefined): string | undefined => {
    if (node?.opType === 'Div' && isClose(numberOf(node.input[1]!), Math.SQRT2)) return node.input[0]
    return scaledBy(node, Math.SQRT1_2)
  }

  const found = new Map<string, string>()
  for (const erf of nodes.filter(({ opType }) => opType === 'Erf')) {
    const scaled = erf.input[0]!
    const x = operandOf(producers.get(scaled))
    const sum = onlyReader(erf.output[0]!)
    if (x === undefined || onlyReader(scaled) !== erf || sum?.opType !== 'Add') continue
    if (!sum.input.some((name) => isClose(numberOf(name), 1))) continue
    // The three factors x, ½ and the sum, in two products.
    const first = onlyReader(sum.output[0]!)
    const second = first === undefined ? undefined : onlyReader(first.output[0]!)
    const factor = first?.opType === 'Mul' ? first.input.find((name) => name !== sum.output[0]) : undefined
    if (factor === undefined) continue
    const half = producers.get(factor)
    if (scaledBy(half, 0.5) === x && onlyReader(factor) === first) found.set(first!.output[0]!, x)
    else if (factor === x && scaledBy(second, 0.5) === first!.output[0]) found.set(second!.output[0]!, x)
    else if (isClose(numberOf(factor), 0.5) && second?.opType === 'Mul' && second.input.includes(x)) {
      found.set(second.output[0]!, x)
    }
  }
  return found
}

function readersOf(nodes: readonly NodeProto[]): ReadonlyMap<string, NodeProto[]> {
  const readers = new Map<string, NodeProto[]>()
  for (const node of nodes) {
    for (const name of node.input) {
      const list = readers.get(name)
      if (list === undefined) readers.set(name, [node])
      else list.push(node)
    }
  }
  return readers
}

/** Exporters write √2 with as many digits as float32 has. */
function isClose(number: number | undefined, wanted: number): boolean {
  return number !== undefined && Math.abs(number - wanted) < 1e-5
}
