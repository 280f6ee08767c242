import { type GradientRule, rule } from '../gradient-rule.ts'

/** The gradient where min ≤ x ≤ max, the bounds included as in PyTorch; the bounds are constants. */
const clip = rule((node, nodes) => {
  const trainedBound = (): string => {
    throw node.refusal('a bound is trained or computed from what is trained', 'constant bounds')
  }
  const x = node.input(0).name
  const within = [
    ...(node.hasInput(1) ? [nodes.node('GreaterOrEqual', [x, node.input(1).name])] : []),
    ...(node.hasInput(2) ? [nodes.node('LessOrEqual', [x, node.input(2).name])] : []),
  ]
  return [
    () => within.reduce((gradient, condition) => nodes.select(condition, gradient), node.gradient),
    trainedBound,
    trainedBound,
  ]
})

export const clipRules: Readonly<Record<string, GradientRule>> = { Clip: clip }
