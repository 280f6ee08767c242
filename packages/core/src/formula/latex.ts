import { isUnknownLabel } from '../unknown-label.ts'
import { distinctSymbols } from './distinct-symbols.ts'
import { type LogSumExp, logSumExpOf, PRACTICALLY_INFINITE } from './log-sum-exp-of.ts'
import type { Axis, BinaryKind, Condition, Expression, SelectNode } from './nodes.ts'

/** The index letters in use: which class, and which sample where the formula speaks of several. */
interface Indices {
  readonly classes: string
  readonly batch: string
}

/** How tightly an operator binds, loosest first; decides where parentheses are needed. */
const precedence = { sum: 1, negation: 2, product: 3, atom: 4 } as const

interface Printed {
  readonly text: string
  readonly precedence: number
}

const atom = (text: string): Printed => ({ text, precedence: precedence.atom })

/** The formula of a loss in LaTeX, as its author wrote it. */
export interface FormulaLatex {
  /** The right-hand side of `ℓ_i = …`. */
  readonly formula: string
  /** The quantities that the formula names, in the order in which a reader needs them. */
  readonly where: readonly { readonly symbol: string; readonly formula: string }[]
}

/**
 * Prints a formula in LaTeX. Parts with a symbol are printed by it, and their definitions follow; a symbol that is used for
 * different things gets a prime. Class indices are
 * i, j, k; samples are indexed only inside reductions over the batch.
 */
export function formulaLatex(root: Expression): FormulaLatex {
  const definitions = new Map<string, Expression>()
  const printer = new LatexPrinter(distinctSymbols(root), definitions)
  const indices: Indices = { classes: 'i', batch: '' }
  const formula = printer.print(root, indices, true).text
  const where: { symbol: string; formula: string }[] = []
  // Printing a definition may find further named parts; a Map goes on over entries that are added meanwhile.
  for (const [symbol, definition] of definitions) {
    const left = subscripted(symbol, definition, indices)
    where.push({ symbol: left, formula: printer.print(definition, indices, true).text })
  }
  return { formula, where }
}

const binarySigns: Readonly<Partial<Record<BinaryKind, string>>> = { add: ' + ', subtract: ' - ' }

class LatexPrinter {
  readonly #symbols: ReadonlyMap<Expression, string>
  readonly #definitions: Map<string, Expression>

  constructor(symbols: ReadonlyMap<Expression, string>, definitions: Map<string, Expression>) {
    this.#symbols = symbols
    this.#definitions = definitions
  }

  /** @param inFull - prints the node itself and not its symbol. */
  print(node: Expression, indices: Indices, inFull = false): Printed {
    const symbol = this.#symbols.get(node)
    if (symbol !== undefined && !inFull) {
      const isGiven = node.kind === 'constant' || node.kind === 'classVector' || node.kind === 'input'
      if (!isGiven && !this.#definitions.has(symbol)) this.#definitions.set(symbol, node)
      return atom(subscripted(symbol, node, indices))
    }
    switch (node.kind) {
      case 'constant':
        return number(node.value)
      case 'classVector':
      case 'input':
        return atom(subscripted(symbol ?? `\\mathrm{${node.name}}`, node, indices))
      case 'size':
        return atom(node.axis === 'batch' ? 'B' : 'C')
      case 'negate':
        return { text: `-${this.#wrapped(node.operand, indices, precedence.product)}`, precedence: precedence.negation }
      case 'exp':
        return this.#exponential(node.operand, indices)
      case 'expm1':
        return { text: `e^{${this.print(node.operand, indices).text}} - 1`, precedence: precedence.sum }
      case 'log':
        return {
          text: `\\log ${this.#wrapped(node.operand, indices, precedence.atom)}`,
          precedence: precedence.product,
        }
      case 'sigmoid':
        return atom(`\\sigma${parenthesized(this.print(node.operand, indices).text)}`)
      case 'softplus':
        return atom(`\\log${parenthesized(`1 + ${this.#exponential(node.operand, indices).text}`)}`)
      case 'stopGradient':
        return atom(`\\operatorname{sg}${parenthesized(this.print(node.operand, indices).text)}`)
      case 'power': {
        if (node.exponent === 0.5 && node.exponentSymbol === undefined) {
          return atom(`\\sqrt{${this.print(node.operand, indices).text}}`)
        }
        const exponent = node.exponentSymbol ?? number(node.exponent).text
        if (node.operand.kind === 'sigmoid' && node.operand.symbol === undefined) {
          return atom(`\\sigma^{${exponent}}${parenthesized(this.print(node.operand.operand, indices).text)}`)
        }
        const base = this.print(node.operand, indices)
        const isSimple = base.precedence === precedence.atom && node.operand.kind !== 'divide'
        // A prime is an exponent, of which TeX takes one.
        const simple = base.text.includes("'") ? `{${base.text}}` : base.text
        return atom(`${isSimple ? simple : parenthesized(base.text)}^{${exponent}}`)
      }
      case 'add':
      case 'subtract': {
        const exponentials = logSumExpOf(node)
        if (exponentials !== undefined) {
          return { text: `\\log ${this.#sumExp(exponentials, indices)}`, precedence: precedence.product }
        }
        const left = this.#wrapped(node.left, indices, precedence.sum)
        const right = this.#wrapped(node.right, indices, node.kind === 'add' ? precedence.sum : precedence.product)
        return { text: `${left}${binarySigns[node.kind]}${right}`, precedence: precedence.sum }
      }
      case 'multiply': {
        const left = this.#wrapped(node.left, indices, precedence.product)
        const right = this.#wrapped(node.right, indices, precedence.product)
        return { text: `${left} \\, ${right}`, precedence: precedence.product }
      }
      case 'divide':
        return atom(`\\frac{${this.print(node.left, indices).text}}{${this.print(node.right, indices).text}}`)
      case 'minimum':
      case 'maximum': {
        const name = node.kind === 'minimum' ? '\\min' : '\\max'
        const operands = [node.left, node.right].map((operand) => this.print(operand, indices).text)
        return atom(`${name}${parenthesized(operands.join(', '))}`)
      }
      case 'select':
        if (isGuard(node)) return this.print(node.whenTrue, indices)
        if (node.condition === isUnknownLabel) return this.print(node.whenFalse, indices)
        return atom(
          `\\begin{cases} ${this.print(node.whenTrue, indices).text} & ${this.#condition(node.condition, indices)} \\\\ ` +
            `${this.print(node.whenFalse, indices).text} & \\text{otherwise} \\end{cases}`,
        )
      case 'sum':
      case 'max': {
        const inner = { ...indices, [node.axis]: nextIndex(node.axis, indices) }
        const operator = node.kind === 'sum' ? '\\sum' : '\\max'
        const operand = this.#wrapped(node.operand, inner, precedence.product)
        return { text: `${operator}_{${inner[node.axis]}} ${operand}`, precedence: precedence.product }
      }
    }
  }

  /**
   * `e^x`; Σ e^x where x is the logarithm of one, and a power where x is a multiple of a logarithm: formulas know no power with
   * an exponent that varies.
   */
  #exponential(operand: Expression, indices: Indices): Printed {
    const isNamed = operand.symbol !== undefined
    const exponentials = !isNamed && operand.kind === 'add' ? logSumExpOf(operand) : undefined
    if (exponentials !== undefined) {
      return { text: this.#sumExp(exponentials, indices), precedence: precedence.product }
    }
    if (isNamed || operand.kind !== 'multiply' || operand.right.kind !== 'log') {
      return atom(`e^{${this.print(operand, indices).text}}`)
    }
    const base = this.#wrapped(operand.right.operand, indices, precedence.atom)
    return atom(`${base}^{${this.print(operand.left, indices).text}}`)
  }

  #sumExp({ exponent, weight, condition, axis }: LogSumExp, indices: Indices): string {
    const inner = { ...indices, [axis]: nextIndex(axis, indices) }
    const where = condition === undefined ? '' : ` : ${this.#condition(condition, inner)}`
    const factor = weight === undefined ? '' : `${this.#wrapped(weight, inner, precedence.product)} \\, `
    return `\\sum_{${inner[axis]}${where}} ${factor}${this.#exponential(exponent, inner).text}`
  }

  #wrapped(node: Expression, indices: Indices, atLeast: number): string {
    const printed = this.print(node, indices)
    return printed.precedence < atLeast ? parenthesized(printed.text) : printed.text
  }

  #condition({ left, right }: Condition, indices: Indices): string {
    return `${this.print(left, indices).text} < ${this.print(right, indices).text}`
  }
}

/** `select(0 < x, x, c)` guards a denominator against 0; on paper it is x. */
function isGuard({ condition, whenTrue, whenFalse }: SelectNode): boolean {
  return (
    condition.left.kind === 'constant' &&
    condition.left.value === 0 &&
    condition.right === whenTrue &&
    whenFalse.kind === 'constant'
  )
}

/** A symbol with the indices that its value varies along; samples are indexed where several are spoken of. */
function subscripted(symbol: string, { extent }: Expression, indices: Indices): string {
  const sample = extent.batch && indices.batch !== '' ? `^{(${indices.batch})}` : ''
  const base = sample !== '' && symbol.endsWith("'") ? `{${symbol}}` : symbol
  return `${base}${sample}${extent.classes ? `_{${indices.classes}}` : ''}`
}

function nextIndex(axis: Axis, indices: Indices): string {
  if (axis === 'batch') return indices.batch === '' ? 's' : `${indices.batch}'`
  return String.fromCharCode(indices.classes.charCodeAt(0) + 1)
}

const parenthesized = (text: string): string => `\\left(${text}\\right)`

function number(value: number): Printed {
  if (Math.abs(value) >= PRACTICALLY_INFINITE) {
    return value > 0 ? atom('\\infty') : { text: '-\\infty', precedence: precedence.negation }
  }
  const text =
    Number.isInteger(value) || Math.abs(value) >= 1e-4 ? `${Number(value.toPrecision(6))}` : value.toExponential(3)
  const [mantissa, exponent] = text.split('e')
  const printed = exponent === undefined ? text : `${mantissa} \\cdot 10^{${Number(exponent)}}`
  return { text: printed, precedence: value < 0 ? precedence.negation : precedence.atom }
}
