import type { Expression } from '@dbloss/core'

/** How tightly an operator of JavaScript binds, loosest first; decides where parentheses are needed. */
const precedence = { choice: 0, sum: 1, product: 2, unary: 3, atom: 4 } as const

/** A piece of a program. */
export interface Text {
  readonly text: string
  readonly precedence: number
}

/** A name, a place in an array or a call. */
export const atom = (text: string): Text => ({ text, precedence: precedence.atom })

/** A number as it is written in a program. */
export function literal(value: number): Text {
  if (value < 0 || Object.is(value, -0)) return { text: `-${-value}`, precedence: precedence.unary }
  return atom(`${value}`)
}

const within = ({ text, precedence: own }: Text, least: number): string => (own < least ? `(${text})` : text)

/** Functions that are written out above a program which uses them; the reference has the same. */
export const helpers = {
  sigmoid: `/** 1 / (1 + e^-x), relatively accurate on both sides. */
const sigmoid = (x) => {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}`,
  softplus: `/** log(1 + e^x), relatively accurate on both sides. */
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))`,
} as const

const calls = {
  exp: 'Math.exp',
  expm1: 'Math.expm1',
  log: 'Math.log',
  sigmoid: 'sigmoid',
  softplus: 'softplus',
  minimum: 'Math.min',
  maximum: 'Math.max',
} as const

const signs = { add: '+', subtract: '-', multiply: '*', divide: '/' } as const

/**
 * One operation as JavaScript, in the order of the formula, so that it rounds as the reference does.
 *
 * @param of - the text of an operand.
 */
export function expressionText(node: Expression, of: (operand: Expression) => Text): Text {
  switch (node.kind) {
    case 'negate':
      return { text: `-${within(of(node.operand), precedence.atom)}`, precedence: precedence.unary }
    case 'stopGradient':
      return of(node.operand)
    case 'exp':
    case 'expm1':
    case 'log':
    case 'sigmoid':
    case 'softplus':
      return atom(`${calls[node.kind]}(${of(node.operand).text})`)
    case 'power':
      return { text: `${within(of(node.operand), precedence.atom)} ** ${node.exponent}`, precedence: precedence.unary }
    case 'minimum':
    case 'maximum':
      return atom(`${calls[node.kind]}(${of(node.left).text}, ${of(node.right).text})`)
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide': {
      const own = node.kind === 'add' || node.kind === 'subtract' ? precedence.sum : precedence.product
      const [left, right] = [within(of(node.left), own), within(of(node.right), own + 1)]
      return { text: `${left} ${signs[node.kind]} ${right}`, precedence: own }
    }
    case 'select': {
      const part = (operand: Expression): string => within(of(operand), precedence.sum)
      const condition = `${part(node.condition.left)} < ${part(node.condition.right)}`
      return {
        text: `${condition} ? ${part(node.whenTrue)} : ${part(node.whenFalse)}`,
        precedence: precedence.choice,
      }
    }
    default:
      throw new TypeError(`${node.kind} is not computed from operands`)
  }
}
