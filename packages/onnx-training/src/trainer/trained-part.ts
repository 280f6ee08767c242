import { DblossError } from '@dbloss/core'
import { activeValues } from '../differentiation/differentiate.ts'
import { hasRule, isDifferentiable } from '../differentiation/operators/index.ts'
import { describeNode, type ModelGraph, type NodeProto, valuesRead } from '../onnx/index.ts'
import { parametersOf } from './parameters.ts'

/** A model cut in two: what lies below every trained weight, and the rest. */
export interface TrainedPart {
  /** Nodes that depend on a trained weight, in order. */
  readonly nodes: readonly NodeProto[]
  /** Nodes that they need and that depend on no input, as shapes that are put together: they run in either part. */
  readonly constantNodes: readonly NodeProto[]
  /** Computed values and inputs that the nodes read and that do not depend on trained weights: they are computed once. */
  readonly frozen: readonly string[]
  /** The values that the trained weights change continuously. */
  readonly active: ReadonlySet<string>
}

/**
 * Finds what has to be differentiated.
 *
 * @param trained - the initializers that are trained.
 * @throws DblossError `model` when an operator on the way has no rule, or when the output does not depend on a weight.
 */
export function trainedPartOf(graph: ModelGraph, output: string, trained: readonly string[]): TrainedPart {
  const behind = graph.nodesBehind([output])
  const dependent = dependentOn(behind, trained)
  const changing = changedBy(behind, output)
  const unused = trained.find((name) => !changing.has(name))
  if (unused !== undefined) {
    throw new DblossError('model', `'${output}' does not change with the trained weight '${unused}'`, {
      argument: 'trainable',
      found: unused,
      expected: `weights that '${output}' changes with`,
    })
  }
  const nodes = behind.filter(({ output: values }) => values.some((value) => dependent.has(value)))
  const active = activeValues(nodes, trained)
  checkRules(graph, nodes, active)

  const fromInputs = dependentOn(
    behind,
    graph.graph.input.map(({ name }) => name!),
  )
  const read = new Set(nodes.flatMap(valuesRead).filter((value) => !dependent.has(value)))
  const isFrozen = (value: string): boolean => fromInputs.has(value) && !graph.initializers.has(value)
  const constants = [...read].filter((value) => graph.producers.has(value) && !fromInputs.has(value))
  return { nodes, active, frozen: [...read].filter(isFrozen), constantNodes: graph.nodesBehind(constants) }
}

/** The values that change an output continuously, itself included. */
function changedBy(nodes: readonly NodeProto[], output: string): Set<string> {
  const changing = new Set([output])
  for (const node of nodes.toReversed()) {
    if (isDifferentiable(node) && node.output.some((value) => changing.has(value))) {
      for (const value of node.input) changing.add(value)
    }
  }
  return changing
}

/** The values that depend on some others in any way, themselves included. */
function dependentOn(nodes: readonly NodeProto[], values: readonly string[]): Set<string> {
  const dependent = new Set(values)
  for (const node of nodes) {
    if (valuesRead(node).some((value) => dependent.has(value))) for (const value of node.output) dependent.add(value)
  }
  return dependent
}

function checkRules(graph: ModelGraph, nodes: readonly NodeProto[], active: ReadonlySet<string>): void {
  const isActive = (value: string): boolean => active.has(value)
  const missing = nodes.filter((node) => isDifferentiable(node) && node.input.some(isActive) && !hasRule(node))
  const last = missing.at(-1)
  if (last === undefined) return
  const before = new Set(graph.nodesBehind(last.output).flatMap(valuesRead))
  const frozen = parametersOf(graph).filter(({ initializer }) => before.has(initializer))
  const remedy =
    frozen.length === 0
      ? 'train only what comes after it'
      : `freeze the ${frozen.length} weights up to it, the last of which is ${frozen.at(-1)!.name}`
  const operator = [last.domain, last.opType].filter(Boolean).join('.')
  throw new DblossError(
    'model',
    `${describeNode(last)} cannot be differentiated: there is no rule for ${operator}; ${remedy}`,
    {
      argument: 'trainable',
      found: operator,
      expected: remedy,
    },
  )
}
