import { type GradientRule, rule } from '../gradient-rule.ts'

const add = rule((node, nodes) => {
  const { gradient } = node
  const output = node.output()
  const of = (index: number) => () => nodes.sumTo(gradient, output.shape, node.input(index).shape)
  return [of(0), of(1)]
})

const subtract = rule((node, nodes) => {
  const { gradient } = node
  const output = node.output()
  return [
    () => nodes.sumTo(gradient, output.shape, node.input(0).shape),
    () => nodes.negate(nodes.sumTo(gradient, output.shape, node.input(1).shape)),
  ]
})

/** ∂(a b)/∂a = b */
const multiply = rule((node, nodes) => {
  const { gradient } = node
  const [a, b, output] = [node.input(0), node.input(1), node.output()]
  return [
    () => nodes.sumTo(nodes.multiply(gradient, b.name), output.shape, a.shape),
    () => nodes.sumTo(nodes.multiply(gradient, a.name), output.shape, b.shape),
  ]
})

/** ∂(a / b)/∂a = 1 / b, ∂(a / b)/∂b = −(a / b) / b */
const divide = rule((node, nodes) => {
  const { gradient } = node
  const [a, b, output] = [node.input(0), node.input(1), node.output()]
  return [
    () => nodes.sumTo(nodes.divide(gradient, b.name), output.shape, a.shape),
    () => {
      const whole = nodes.divide(nodes.multiply(gradient, output.name), b.name)
      return nodes.negate(nodes.sumTo(whole, output.shape, b.shape))
    },
  ]
})

export const arithmeticRules: Readonly<Record<string, GradientRule>> = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
}
