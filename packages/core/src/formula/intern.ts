import { less } from './build.ts'
import type { Condition, Expression } from './nodes.ts'
import { operandsOf } from './operands.ts'

/** Keeps one node for each distinct expression of a build, so that common parts are computed once. */
export class Interner {
  readonly #nodes = new Map<string, Expression>()
  readonly #conditions = new Map<string, Condition>()
  readonly #ids = new Map<object, number>()

  /** The one node that stands for expressions built like this one; its operands must be interned already. */
  expression(node: Expression): Expression {
    const key = this.#key(node)
    const known = this.#nodes.get(key)
    if (known !== undefined) return known
    this.#nodes.set(key, node)
    return node
  }

  /** The one condition `left < right`. */
  condition(left: Expression, right: Expression): Condition {
    const key = `${this.#id(left)}<${this.#id(right)}`
    let result = this.#conditions.get(key)
    if (result === undefined) {
      result = less(left, right)
      this.#conditions.set(key, result)
    }
    return result
  }

  #id(object: object): number {
    let id = this.#ids.get(object)
    if (id === undefined) {
      id = this.#ids.size
      this.#ids.set(object, id)
    }
    return id
  }

  #key(node: Expression): string {
    switch (node.kind) {
      case 'constant':
        return `constant ${Object.is(node.value, -0) ? '-0' : node.value}`
      case 'classVector':
        return `classVector ${this.#id(node.values)}`
      case 'input':
        return `input ${node.name}`
      case 'size':
        return `size ${node.axis}`
      case 'power':
        return `power ${this.#id(node.operand)} ${node.exponent}`
      case 'sum':
      case 'max':
        return `${node.kind} ${node.axis} ${this.#id(node.operand)}`
      default:
        return `${node.kind} ${operandsOf(node)
          .map((operand) => this.#id(operand))
          .join(' ')}`
    }
  }
}
