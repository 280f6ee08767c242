import type { ForwardNode } from '../forward-node.ts'
import type { GradientNodes } from '../gradient-nodes.ts'
import { type GradientRule, rule } from '../gradient-rule.ts'
import { fixedSize, positiveAxis } from '../shapes.ts'

/** Each operand gets its part of the gradient. */
const concat = rule((node, nodes) => {
  const axis = positiveAxis(node.integerAttribute('axis') ?? 0, node.output().shape.length)
  if (node.inputCount === 1) return [() => node.gradient]
  let end = 0
  return Array.from({ length: node.inputCount }, (_, index) => {
    const start = end
    end += fixedSize(node.input(index).shape[axis]!, `axis ${axis} of input ${index} of ${node.description}`)
    const range = { axis, start, end }
    return () => nodes.slice(node.gradient, [range])
  })
})

/** The gradients of the parts, joined; zeros stand for parts that nothing uses. */
const split: GradientRule = {
  settledInputs: [1],
  gradients: (node, nodes) => [() => joinParts(node, nodes)],
}

function joinParts(node: ForwardNode, nodes: GradientNodes): string {
  const { shape } = node.input(0)
  const axis = positiveAxis(node.integerAttribute('axis') ?? 0, shape.length)
  const parts: { readonly gradient: string; readonly before: number; after: number }[] = []
  let gap = 0
  for (let index = 0; index < node.outputCount; index++) {
    const gradient = node.outputGradient(index)
    const last = parts.at(-1)
    if (gradient !== undefined) {
      parts.push({ gradient, before: gap, after: 0 })
      gap = 0
    } else if (last !== undefined) last.after += partSize(node, axis, index)
    else gap += partSize(node, axis, index)
  }
  const padded = parts.map(({ gradient, before, after }) => nodes.padAxis(gradient, shape.length, axis, before, after))
  return padded.length === 1 ? padded[0]! : nodes.node('Concat', padded, { axis })
}

/** Sizes are given, or equal with a smaller last one. */
function partSize(node: ForwardNode, axis: number, index: number): number {
  const given = node.integers(1)
  if (given !== undefined) return given[index]!
  const size = fixedSize(node.input(0).shape[axis]!, `axis ${axis} of ${node.description}`)
  const equal = Math.ceil(size / node.outputCount)
  return Math.min(equal, size - equal * index)
}

export const concatSplitRules: Readonly<Record<string, GradientRule>> = { Concat: concat, Split: split }
