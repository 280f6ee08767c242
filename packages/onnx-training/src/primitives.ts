import type { BinaryKind, Extent, PrimitiveTable, ReductionKind } from '@dbloss/core'
import { LogisticNodes } from './logistic.ts'
import { DATA_TYPE, type Dimension, type GraphBuilder } from './onnx/index.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'

/** The dimension names of loss models. */
const DIMENSIONS = { batch: 'batch_size', classes: 'class_count' } as const

const BINARY_OPERATORS: Readonly<Record<BinaryKind, string>> = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  minimum: 'Min',
  maximum: 'Max',
}

const AXES = { batch: 0, classes: 1 } as const

/** The shape of an input of that extent in a graph whose sizes are known at run time. */
export function inputShape(extent: Extent): Dimension[] {
  return [extent.batch ? DIMENSIONS.batch : 1, extent.classes ? DIMENSIONS.classes : 1]
}

/** The primitives of the formula language as ONNX nodes. */
export class OnnxPrimitives implements PrimitiveTable<string> {
  readonly #graph: GraphBuilder
  readonly #precision: GraphPrecision
  /** Values that take the place of inputs, as logits that the graph computes itself. */
  readonly #values: Map<string, string>
  readonly #logistic: LogisticNodes

  /** @param values - values of the graph by the names of the inputs that they stand for; `logits` must be among them. */
  constructor(graph: GraphBuilder, precision: GraphPrecision, values: Readonly<Record<string, string>>) {
    this.#graph = graph
    this.#precision = precision
    this.#values = new Map(Object.entries(values))
    this.#logistic = new LogisticNodes(graph, (value) => this.constant(value))
  }

  constant(value: number): string {
    return this.#numbers([value], [1, 1])
  }

  classVector(values: Float64Array): string {
    return this.#numbers(values, [1, values.length])
  }

  input(name: string, extent: Extent): string {
    let value = this.#values.get(name)
    if (value === undefined) {
      value = this.#graph.input(name, precisions[this.#precision].element, inputShape(extent))
      this.#values.set(name, value)
    }
    return value
  }

  size(axis: 'batch' | 'classes'): string {
    const graph = this.#graph
    const shape = graph.node('Shape', [this.#values.get('logits')!])
    const length = graph.node('Gather', [shape, graph.integers([AXES[axis]])])
    const number = graph.node('Cast', [length], { to: DATA_TYPE[precisions[this.#precision].element] })
    return graph.node('Reshape', [number, graph.integers([1, 1])])
  }

  unary(kind: 'negate' | 'exp' | 'expm1' | 'log' | 'sigmoid' | 'softplus', operand: string): string {
    const graph = this.#graph
    switch (kind) {
      case 'negate':
        return this.#logistic.negate(operand)
      case 'exp':
        return graph.node('Exp', [operand])
      case 'log':
        return graph.node('Log', [operand])
      case 'sigmoid':
        return this.#logistic.sigmoid(operand)
      case 'expm1':
        return this.#expm1(operand)
      case 'softplus':
        return this.#logistic.softplus(operand)
    }
  }

  power(operand: string, exponent: number): string {
    if (exponent === 2) return this.#graph.node('Mul', [operand, operand])
    if (exponent === 0.5) return this.#graph.node('Sqrt', [operand])
    return this.#graph.node('Pow', [operand, this.constant(exponent)])
  }

  binary(kind: BinaryKind, left: string, right: string): string {
    return this.#graph.node(BINARY_OPERATORS[kind], [left, right])
  }

  less(left: string, right: string): string {
    return this.#graph.node('Less', [left, right])
  }

  select(condition: string, whenTrue: string, whenFalse: string): string {
    return this.#graph.node('Where', [condition, whenTrue, whenFalse])
  }

  reduce(kind: ReductionKind, operand: string, axis: 'batch' | 'classes'): string {
    return this.#graph.reduce(kind === 'sum' ? 'ReduceSum' : 'ReduceMax', operand, [AXES[axis]])
  }

  /**
   * e^x − 1, which cancels near 0, where the series takes over: to x⁸ in float32 below ¼, to x¹⁴ in float64, exact to a
   * rounding. (tanh(x/2) (e^x + 1) would do on the CPU, but tanh of GPUs cancels itself.)
   */
  #expm1(x: string): string {
    const graph = this.#graph
    const terms = this.#precision === 'float32' ? 8 : 14
    let series = this.constant(1)
    for (let n = terms; n >= 2; n--) {
      const scaled = graph.node('Mul', [graph.node('Mul', [x, this.constant(1 / n)]), series])
      series = graph.node('Add', [scaled, this.constant(1)])
    }
    const isSmall = graph.node('Less', [graph.node('Abs', [x]), this.constant(0.25)])
    const difference = graph.node('Sub', [graph.node('Exp', [x]), this.constant(1)])
    return graph.node('Where', [isSmall, graph.node('Mul', [x, series]), difference])
  }

  #numbers(values: ArrayLike<number>, shape: readonly number[]): string {
    return this.#graph.constant(toPrecision(values, this.#precision), shape)
  }
}
