import type { NodeProto } from '../onnx/index.ts'
import { decomposedGelus } from './decomposed-gelu.ts'
import { ForwardNode } from './forward-node.ts'
import type { GradientNodes } from './gradient-nodes.ts'
import { exactGelu } from './operators/gelu.ts'
import { isDifferentiable, ruleOf } from './operators/index.ts'
import type { ValueTable } from './value-table.ts'

/** The part of a graph between the values to differentiate by and the values that are differentiated. */
export interface DifferentiatedPart {
  /** Its nodes, in an order in which they can run. */
  readonly nodes: readonly NodeProto[]
  readonly values: ValueTable
}

/**
 * Reverse-mode differentiation: adds the nodes of the gradient to a graph that has the forward nodes already.
 *
 * @param seeds - the gradients with respect to the results, by the results' names.
 * @param by - the names of the values to differentiate by.
 * @returns the gradients by those names; values that the results do not depend on are missing.
 * @throws DblossError `model` for operators that have no rule.
 */
export function appendGradients(
  nodes: GradientNodes,
  part: DifferentiatedPart,
  seeds: Readonly<Record<string, string>>,
  by: Iterable<string>,
): ReadonlyMap<string, string> {
  const active = activeValues(part.nodes, by)
  const gradients = new Map(Object.entries(seeds).filter(([name]) => active.has(name)))
  const accumulate = (name: string, gradient: string): void => {
    const before = gradients.get(name)
    gradients.set(name, before === undefined ? gradient : nodes.add(before, gradient))
  }
  const gelus = decomposedGelus(part)
  for (const node of part.nodes.toReversed()) {
    const g = gradients.get(node.output[0] ?? '')
    const x = gelus.get(node.output[0] ?? '')
    if (x !== undefined) {
      if (g !== undefined && active.has(x)) accumulate(x, exactGelu({ n: nodes, g, x }))
      continue
    }
    const outputGradients = node.output.map((name) => gradients.get(name))
    if (!isDifferentiable(node) || outputGradients.every((gradient) => gradient === undefined)) continue
    const inputGradients = ruleOf(node).gradients(new ForwardNode(node, part.values, outputGradients, active), nodes)
    inputGradients.forEach((gradient, index) => {
      const name = node.input[index] ?? ''
      if (active.has(name) && gradient !== undefined) accumulate(name, gradient())
    })
  }
  return new Map([...by].flatMap((name) => (gradients.has(name) ? [[name, gradients.get(name)!]] : [])))
}

/** The values that depend on some others, themselves included. */
export function activeValues(nodes: readonly NodeProto[], by: Iterable<string>): ReadonlySet<string> {
  const active = new Set(by)
  for (const node of nodes) {
    if (!isDifferentiable(node) || !node.input.some((name) => active.has(name))) continue
    for (const name of node.output) if (name !== '') active.add(name)
  }
  return active
}
