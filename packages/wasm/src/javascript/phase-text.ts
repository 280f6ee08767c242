import { type Expression, operandsOf, type Phase, type ReductionNode, type Step } from '@dbloss/core'
import type { KernelOutput } from '../kernel.ts'
import { atom, expressionText, literal, type Text } from './expression-text.ts'
import type { VariableNames } from './variable-names.ts'

/** Longer parts get a line of their own, with a name. */
const LONGEST_PART = 50

type Scope = Map<Expression, Text>

/** Cheap operations that are used once are written into the line that uses them. */
const inlined: ReadonlySet<Expression['kind']> = new Set(['negate', 'add', 'subtract', 'multiply', 'divide', 'power'])

/** Writes the loops of phases, line by line. */
export class PhaseText {
  readonly #phases: readonly Phase[]
  readonly #outputs: ReadonlyMap<KernelOutput, Expression>
  readonly #names: VariableNames
  readonly #lines: string[] = []
  #indent = 1
  /** What phases before have left as numbers. */
  readonly #numbers: Scope = new Map()
  /** A part that several phases compute again for their rows is kept in one array. */
  readonly #arrays = new Set<string>()

  constructor(phases: readonly Phase[], outputs: ReadonlyMap<KernelOutput, Expression>, names: VariableNames) {
    this.#phases = phases
    this.#outputs = outputs
    this.#names = names
  }

  lines(): readonly string[] {
    for (const phase of this.#phases) {
      if (phase.over === 'rows') this.#writeRows(phase)
      else this.#writeBatch(phase)
    }
    this.#write(`return ${this.#numbers.get(this.#outputs.get('value')!)!.text}`)
    return this.#lines
  }

  #write(line: string): void {
    this.#lines.push(`${'  '.repeat(this.#indent)}${line}`)
  }

  #block(head: string, body: () => void): void {
    this.#write(`${head} {`)
    this.#indent++
    body()
    this.#indent--
    this.#write('}')
  }

  #writeBatch(phase: Phase): void {
    this.#write('// Once for the batch.')
    const scope = this.#read(phase.reads)
    for (const node of phase.steps.flatMap(({ keeps }) => keeps)) this.#declareArray(`${this.#names.of(node)}Kept`, 'C')
    for (const step of phase.steps) this.#writeStep(step, scope, 'i')
    for (const node of phase.keeps) this.#numbers.set(node, scope.get(node)!)
  }

  #writeRows(phase: Phase): void {
    const { reads, steps, totals, keeps } = phase
    const names = this.#names
    const reductions = steps.flatMap((step) => step.reductions)
    this.#write('// For every row.')
    for (const node of totals) this.#write(`let ${names.of(node)} = ${start(node)}`)
    for (const node of reductions) {
      if (node.axis === 'batch') this.#declareArray(names.of(node), 'C', node.kind === 'max' ? '.fill(-Infinity)' : '')
    }
    for (const node of keeps) if (this.#isReadLater(node)) this.#declareArray(`${names.of(node)}Kept`, 'B')
    for (const node of new Set(steps.flatMap((step) => step.keeps))) {
      if (isReadIn(node, steps)) this.#declareArray(`${names.of(node)}Kept`, 'C')
    }
    this.#block('for (let row = 0; row < B; row++)', () => {
      this.#write('const start = row * C')
      const scope = this.#read(reads)
      for (const step of steps) this.#writeStep(step, scope, 'start + i', steps)
      for (const node of totals) this.#accumulate(node, names.of(node), scope.get(node.operand)!)
      for (const node of keeps) {
        const text = scope.get(node)!.text
        if (this.#isReadLater(node)) this.#write(`${names.of(node)}Kept[row] = ${text}`)
        if (this.#outputs.get('rows') === node) this.#write(`rows[row] = ${text}`)
      }
    })
    for (const node of totals) this.#numbers.set(node, atom(names.of(node)))
  }

  #declareArray(name: string, length: 'B' | 'C', then = ''): void {
    if (this.#arrays.has(name)) return
    this.#arrays.add(name)
    this.#write(`const ${name} = new Float64Array(${length})${then}`)
  }

  #isReadLater(node: Expression): boolean {
    return this.#phases.some(({ reads }) => reads.includes(node))
  }

  /** Values without classes, where a phase or a row begins. */
  #read(nodes: readonly Expression[]): Scope {
    const scope: Scope = new Map()
    for (const node of nodes) {
      const { batch } = node.extent
      if (node.kind === 'constant') scope.set(node, literal(node.value))
      else if (node.kind === 'size') scope.set(node, atom(node.axis === 'batch' ? 'B' : 'C'))
      else if (node.kind === 'input') scope.set(node, atom(`${inputName(node.name)}[${batch ? 'row' : '0'}]`))
      else scope.set(node, batch ? atom(`${this.#names.of(node)}Kept[row]`) : this.#numbers.get(node)!)
    }
    return scope
  }

  /** @param steps - of the same row; values that later ones read are kept. */
  #writeStep(step: Step, scope: Scope, place: string, steps: readonly Step[] = []): void {
    for (const node of step.scalars) this.#define(node, scope)
    if (step.elements.length + step.reductions.length + step.keeps.length === 0) return
    const names = this.#names
    const overClasses = step.reductions.filter(({ axis }) => axis === 'classes')
    for (const node of overClasses) this.#write(`let ${names.of(node)} = ${start(node)}`)
    this.#block('for (let i = 0; i < C; i++)', () => {
      const elements: Scope = new Map(scope)
      for (const node of step.reads) this.#readElement(node, elements, place)
      for (const node of step.elements) {
        const isOnce = usesOf(node, step) === 1 && inlined.has(node.kind) && !names.isNamed(node)
        const text = expressionText(node, (operand) => textOf(operand, elements))
        if (isOnce && text.text.length <= LONGEST_PART) elements.set(node, text)
        else this.#define(node, elements)
      }
      for (const node of step.reductions) {
        const name = names.of(node)
        this.#accumulate(node, node.axis === 'classes' ? name : `${name}[i]`, elements.get(node.operand)!)
      }
      for (const node of step.keeps) this.#keep(node, elements.get(node)!.text, place, steps)
    })
    for (const node of overClasses) scope.set(node, atom(names.of(node)))
  }

  #readElement(node: Expression, scope: Scope, place: string): void {
    const name = this.#names.of(node)
    if (node.kind === 'input' && node.extent.batch) {
      this.#write(`const ${name} = ${inputName(node.name)}[${place}]`)
      scope.set(node, atom(name))
    } else if (node.kind === 'input') scope.set(node, atom(`${inputName(node.name)}[i]`))
    else if (node.kind === 'classVector' || node.kind === 'sum' || node.kind === 'max')
      scope.set(node, atom(`${name}[i]`))
    else scope.set(node, atom(`${name}Kept[i]`))
  }

  #define(node: Expression, scope: Scope): void {
    const name = this.#names.of(node)
    this.#write(`const ${name} = ${expressionText(node, (operand) => textOf(operand, scope)).text}`)
    scope.set(node, atom(name))
  }

  #keep(node: Expression, text: string, place: string, steps: readonly Step[]): void {
    if (!node.extent.batch || isReadIn(node, steps)) this.#write(`${this.#names.of(node)}Kept[i] = ${text}`)
    for (const name of ['gradient', 'elements'] as const) {
      if (this.#outputs.get(name) === node) this.#write(`${name}[${place}] = ${text}`)
    }
  }

  #accumulate(node: ReductionNode, target: string, { text }: Text): void {
    this.#write(node.kind === 'sum' ? `${target} += ${text}` : `${target} = Math.max(${target}, ${text})`)
  }
}

const start = ({ kind }: ReductionNode): string => (kind === 'sum' ? '0' : '-Infinity')
const isReadIn = (node: Expression, steps: readonly Step[]): boolean => steps.some(({ reads }) => reads.includes(node))
const inputName = (name: string): string =>
  name === 'logits' || name === 'labels' ? name : `inputs[${JSON.stringify(name)}]`

function textOf(node: Expression, scope: Scope): Text {
  return scope.get(node) ?? literal((node as Extract<Expression, { kind: 'constant' }>).value)
}

function usesOf(node: Expression, { elements, reductions, keeps }: Step): number {
  const users = [...elements.flatMap(operandsOf), ...reductions.map(({ operand }) => operand), ...keeps]
  return users.filter((used) => used === node).length
}
