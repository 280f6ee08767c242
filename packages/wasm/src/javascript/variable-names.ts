import {
  ELEMENTS,
  type Expression,
  type Loss,
  lossProgram,
  operandsOf,
  type ProgramOptions,
  sum,
  topologicalOrder,
} from '@dbloss/core'
import type { KernelOutput } from '../kernel.ts'

const byKind: Readonly<Record<Expression['kind'], string>> = {
  constant: 'number',
  classVector: 'byClass',
  input: 'input',
  size: 'size',
  negate: 'negative',
  exp: 'exponential',
  expm1: 'exponential',
  log: 'logarithm',
  sigmoid: 'sigma',
  softplus: 'soft',
  stopGradient: 'fixed',
  power: 'power',
  add: 'total',
  subtract: 'difference',
  multiply: 'product',
  divide: 'ratio',
  minimum: 'smaller',
  maximum: 'larger',
  select: 'chosen',
  sum: 'sum',
  max: 'largest',
}

const byOutput: Readonly<Record<KernelOutput, string>> = {
  value: 'value',
  gradient: 'slope',
  elements: 'element',
  rows: 'ofRow',
}

/** Names that mean something else in a program. */
const taken =
  'B C row i start logits labels inputs gradient elements rows evaluate sigmoid softplus arguments await break case ' +
  'catch class const continue debugger default delete do else enum eval export extends false finally for function if ' +
  'implements import in instanceof interface let new null package private protected public return static super switch ' +
  'this throw true try typeof undefined NaN Infinity Math Float64Array var void while with yield'

/** The variables of a program: the field's symbols where the formula has them, else the kind of operation, with a number. */
export class VariableNames {
  readonly #names = new Map<Expression, string>()
  readonly #taken = new Set(taken.split(' '))
  readonly #keys = new Keys()
  /** Symbols by the key of what they stand for. */
  readonly #symbols = new Map<number, string>()

  constructor(loss: Loss, options: ProgramOptions, outputs: ReadonlyMap<KernelOutput, Expression>) {
    for (const part of topologicalOrder([loss.value])) {
      const isElements = part.extent.batch && part.extent.classes
      if (part.symbol === undefined || !isElements || operandsOf(part).length === 0) continue
      this.#symbols.set(this.#keys.of(inProgram(loss, part, options)), part.symbol)
    }
    for (const [name, node] of outputs) if (operandsOf(node).length > 0) this.#give(node, byOutput[name])
  }

  /** Whether the formula has a name for a part. */
  isNamed(node: Expression): boolean {
    return this.#symbols.has(this.#keys.of(node))
  }

  of(node: Expression): string {
    return this.#names.get(node) ?? this.#give(node, this.#meaning(node))
  }

  #meaning(node: Expression): string {
    const symbol = node.symbol ?? this.#symbols.get(this.#keys.of(node))
    if (symbol !== undefined) return identifier(symbol)
    return node.kind === 'input' || node.kind === 'classVector' ? identifier(node.name) : byKind[node.kind]
  }

  #give(node: Expression, meaning: string): string {
    let name = meaning
    for (let count = 2; this.#taken.has(name); count++) name = `${meaning}${count}`
    this.#taken.add(name)
    this.#names.set(node, name)
    return name
  }
}

/** `\hat w` is wHat, `z'` is zPrime, `\nu` is nu, `prior bias` is priorBias. */
function identifier(symbol: string): string {
  const hat = /^\\hat\s*\{?(.*?)\}?$/.exec(symbol)
  if (hat !== null) return `${identifier(hat[1]!)}Hat`
  const words = symbol.replaceAll("'", 'Prime').split(/[^A-Za-z0-9]+/)
  const [first, ...rest] = words.filter((word) => word !== '')
  const name = (first ?? '') + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')
  return /^[A-Za-z]/.test(name) ? name : `v${name}`
}

/** A named part as it is in the program of its loss: the same steps lead to the same formula. */
function inProgram(loss: Loss, part: Expression, options: ProgramOptions): Expression {
  const { rows: _, ...rest } = loss
  const elements = { ...part, extent: ELEMENTS }
  return lossProgram({ ...rest, elements, value: sum(sum(elements, 'classes'), 'batch') }, options).elements!
}

/** Numbers that are the same for equal formulas. */
class Keys {
  readonly #numbers = new Map<string, number>()
  readonly #known = new Map<Expression, number>()

  of(root: Expression): number {
    for (const node of topologicalOrder([root])) {
      if (this.#known.has(node)) continue
      const operands = operandsOf(node).map((operand) => this.#known.get(operand)!)
      const text = `${node.kind} ${ownData(node)} ${operands.join(' ')}`
      const number = this.#numbers.get(text) ?? this.#numbers.size
      this.#numbers.set(text, number)
      this.#known.set(node, number)
    }
    return this.#known.get(root)!
  }
}

/** What a node has besides operands. */
function ownData(node: Expression): string {
  switch (node.kind) {
    case 'constant':
      return `${node.value}`
    case 'classVector':
      return node.values.join()
    case 'input':
      return node.name
    case 'power':
      return `${node.exponent}`
    case 'size':
    case 'sum':
    case 'max':
      return node.axis
    default:
      return ''
  }
}
