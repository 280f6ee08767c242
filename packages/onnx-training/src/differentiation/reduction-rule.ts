import type { ForwardNode, ForwardValue } from './forward-node.ts'
import type { GradientNodes } from './gradient-nodes.ts'
import type { GradientRule } from './gradient-rule.ts'
import { type AxisSize, axesOf, elementCountOf, positiveAxis, type ValueShape } from './shapes.ts'

/** What the gradient of a reduction is written in. */
export interface ReductionValues {
  /** Writes the gradient. */
  readonly n: GradientNodes
  /** The operand. */
  readonly x: ForwardValue
  /** The axes that are reduced. */
  readonly axes: readonly number[]
  /** The shape of the operand with size 1 along those axes. */
  readonly shape: ValueShape
  /** The gradient with respect to the result, of that shape. */
  readonly g: string
  /** The result, of that shape. */
  readonly y: () => string
  /** How many elements make one. */
  readonly count: () => string
}

/**
 * The rule of a reduction: axes as attribute or input, none for all of them.
 *
 * @param keepsSingles - whether the reduction of one number is that number. Default false.
 */
export function reductionRule(
  gradient: (values: ReductionValues) => string,
  { keepsSingles = false }: { readonly keepsSingles?: boolean } = {},
): GradientRule {
  return {
    settledInputs: [1],
    gradients: (node, nodes) => [
      () => {
        const axes = reducedAxes(node)
        if (axes === 'none') {
          if (keepsSingles) return node.gradient
          // The operand as it is, or the function of each element: runtimes differ.
          throw node.refusal('it has noop_with_empty_axes and no axes', 'axes to reduce')
        }
        return gradient(valuesOf(node, nodes, axes))
      },
    ],
  }
}

function reducedAxes(node: ForwardNode): readonly number[] | 'none' {
  const { shape } = node.input(0)
  const given = node.integersAttribute('axes') ?? node.integers(1) ?? []
  if (given.length > 0) return given.map((axis) => positiveAxis(axis, shape.length)).sort((a, b) => a - b)
  return node.integerAttribute('noop_with_empty_axes') === 1 ? 'none' : axesOf(shape)
}

function valuesOf(node: ForwardNode, n: GradientNodes, axes: readonly number[]): ReductionValues {
  const x = node.input(0)
  const keep = (value: string): string => (node.integerAttribute('keepdims') === 0 ? n.unsqueeze(value, axes) : value)
  return {
    n,
    x,
    axes,
    shape: x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    g: keep(node.gradient),
    y: () => keep(node.output().name),
    count: () => reducedCount(n, x, node.output(), elementCountOf(axes.map((axis) => x.shape[axis]!))),
  }
}

/** A number, or computed from the sizes of the operand and the result where the batch is reduced. */
function reducedCount(n: GradientNodes, x: ForwardValue, y: ForwardValue, count: AxisSize): string {
  if (typeof count === 'number') return n.scalar(count)
  return n.cast(n.node('Div', [n.node('Size', [x.name]), n.node('Size', [y.name])]))
}
