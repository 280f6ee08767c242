import type { GraphBuilder } from './onnx/index.ts'

/** The parts that softplus and sigmoid of x and of −x have in common; each is added to the graph when first asked for. */
interface SharedParts {
  readonly isNegative: () => string
  /** log(1 + e^−|x|) */
  readonly tail: () => string
  /** σ(|x|) */
  readonly larger: () => string
  /** σ(−|x|) */
  readonly smaller: () => string
}

/**
 * Softplus and sigmoid from e^−|x|, shared between x and −x: a loss and its gradient ask for all four.
 *
 * The operators of ONNX Runtime's CPU provider are not used: `Sigmoid` is only absolutely accurate (from x ≈ −17 on it is
 * off by a factor and then 0), `Softplus` is slow in float32 and does not exist in float64. These are accurate to some
 * units in the last place down to the smallest numbers, and finite for any x.
 */
export class LogisticNodes {
  readonly #graph: GraphBuilder
  readonly #number: (value: number) => string
  readonly #parts = new Map<string, SharedParts>()
  /** Values that are the negation of another, which then has the parts. */
  readonly #negated = new Map<string, string>()

  /** @param number - gives a constant of the graph's precision, [1, 1]. */
  constructor(graph: GraphBuilder, number: (value: number) => string) {
    this.#graph = graph
    this.#number = number
  }

  /** −x, remembered as such. */
  negate(operand: string): string {
    const result = this.#node('Neg', operand)
    this.#negated.set(result, operand)
    return result
  }

  /** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|) */
  softplus(operand: string): string {
    return this.#node('Add', this.#node('Relu', operand), this.#partsOf(operand).tail())
  }

  /** σ(x) = 1 / (1 + e^−x) */
  sigmoid(operand: string): string {
    const { isNegative, larger, smaller } = this.#partsOf(operand)
    const [whenNegative, otherwise] = this.#negated.has(operand) ? [larger, smaller] : [smaller, larger]
    return this.#node('Where', isNegative(), whenNegative(), otherwise())
  }

  #partsOf(operand: string): SharedParts {
    const base = this.#negated.get(operand) ?? operand
    let parts = this.#parts.get(base)
    if (parts === undefined) {
      parts = this.#share(base)
      this.#parts.set(base, parts)
    }
    return parts
  }

  #share(x: string): SharedParts {
    const one = this.#number(1)
    const decay = this.#node('Exp', this.#node('Neg', this.#node('Abs', x)))
    const sum = this.#node('Add', decay, one)
    const larger = once(() => this.#node('Div', one, sum))
    return {
      isNegative: once(() => this.#node('Less', x, this.#number(0))),
      tail: once(() => {
        // The part of e^−|x| that rounding `sum` lost, to first order: log(s + ε) ≈ log s + ε / s.
        const lost = this.#node('Sub', decay, this.#node('Sub', sum, one))
        return this.#node('Add', this.#node('Log', sum), this.#node('Div', lost, sum))
      }),
      larger,
      smaller: once(() => this.#node('Mul', decay, larger())),
    }
  }

  #node(operator: string, ...inputs: string[]): string {
    return this.#graph.node(operator, inputs)
  }
}

function once(make: () => string): () => string {
  let value: string | undefined
  return () => {
    value ??= make()
    return value
  }
}
