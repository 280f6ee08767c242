import {
  type EvaluationContext,
  type Expression,
  evaluateExpressions,
  input,
  operandsOf,
  type Phase,
  type ReductionNode,
  shapeOf,
  withOperands,
} from '../../src/index.ts'

type Values = Map<Expression, Float64Array>

/**
 * Runs a schedule as a target does, row by row, each operation by the reference evaluator. What is used before it is there
 * throws: every value has to come from a read, from its own step, or from what earlier steps and phases have left.
 *
 * @returns one value an output, row-major.
 */
export function runSchedule(
  phases: readonly Phase[],
  outputs: readonly Expression[],
  context: EvaluationContext,
): Float64Array[] {
  const machine = new Machine(context)
  for (const phase of phases) machine.run(phase)
  return outputs.map((output) => machine.result(output))
}

class Machine {
  readonly #context: EvaluationContext
  /** What phases leave to later phases and to the caller, in full. */
  readonly #stored: Values = new Map()

  constructor(context: EvaluationContext) {
    this.#context = context
  }

  run(phase: Phase): void {
    const totals: Values = new Map()
    const rowCount = phase.over === 'rows' ? this.#context.batchSize : 1
    for (let row = 0; row < rowCount; row++) this.#runRow(phase, row, totals)
    // Reductions over the batch are there in the next phase.
    for (const [node, total] of totals) this.#stored.set(node, total)
  }

  result(output: Expression): Float64Array {
    const result = this.#stored.get(output)
    if (result === undefined) throw new Error(`the output ${output.kind} is not kept`)
    return result
  }

  #runRow(phase: Phase, row: number, totals: Values): void {
    const scalars: Values = new Map()
    const keptInRow: Values = new Map()
    for (const node of phase.reads) scalars.set(node, this.#load(node, row))
    for (const step of phase.steps) {
      for (const node of step.scalars) scalars.set(node, this.#compute(node, scalars))
      const elements: Values = new Map(scalars)
      for (const node of step.reads) elements.set(node, keptInRow.get(node) ?? this.#load(node, row))
      for (const node of step.elements) elements.set(node, this.#compute(node, elements))
      for (const node of step.reductions) {
        if (node.axis === 'classes') scalars.set(node, this.#compute(node, elements))
        else accumulate(totals, node, elements)
      }
      for (const node of step.keeps) {
        keptInRow.set(node, given(node, elements))
        this.#store(node, row, given(node, elements))
      }
    }
    for (const node of phase.totals) accumulate(totals, node, scalars)
    for (const node of phase.keeps) this.#store(node, row, given(node, scalars))
  }

  /** The row at hand of a leaf, or of what an earlier phase has left; values [B, C] are left within their row only. */
  #load(node: Expression, row: number): Float64Array {
    const { batchSize, classCount } = this.#context
    const isLeaf = operandsOf(node).length === 0
    const all = isLeaf ? evaluateExpressions([node], this.#context)[0]!.data : this.#stored.get(node)
    if (all === undefined || (!isLeaf && node.extent.batch && node.extent.classes)) {
      throw new Error(`${node.kind} is read, but was not left by an earlier phase`)
    }
    const [rows, columns] = shapeOf(node.extent, batchSize, classCount)
    return rows === 1 ? all : all.slice(row * columns, (row + 1) * columns)
  }

  #store(node: Expression, row: number, value: Float64Array): void {
    const { batchSize, classCount } = this.#context
    const [rows, columns] = shapeOf(node.extent, batchSize, classCount)
    let all = this.#stored.get(node)
    if (all === undefined) {
      all = new Float64Array(rows * columns)
      this.#stored.set(node, all)
    }
    all.set(value, rows === 1 ? 0 : row * columns)
  }

  /** One operation on the row at hand. */
  #compute(node: Expression, values: Values): Float64Array {
    const operands = operandsOf(node)
    const operation = withOperands(
      node,
      operands.map((operand, index) => input(`${index}`, operand.extent)),
    )
    const inputs = Object.fromEntries(operands.map((operand, index) => [index, given(operand, values)]))
    return evaluateExpressions([operation], { batchSize: 1, classCount: this.#context.classCount, inputs })[0]!.data
  }
}

function given(node: Expression, values: Values): Float64Array {
  const value = values.get(node)
  if (value === undefined) throw new Error(`${node.kind} is used before it is computed`)
  return value
}

function accumulate(totals: Values, node: ReductionNode, values: Values): void {
  const value = given(node.operand, values)
  const total = totals.get(node)
  const combine = node.kind === 'sum' ? (a: number, b: number) => a + b : Math.max
  totals.set(node, total === undefined ? value : total.map((sofar, index) => combine(sofar, value[index]!)))
}
