import type { Expression, ReductionNode } from './nodes.ts'
import { operandsOf, topologicalOrder } from './operands.ts'

/**
 * One loop over the classes, and what is computed before it. In a phase over rows these are values [B, C] and [B, 1] of the
 * row at hand; in a phase over the batch, values [1, C] and [1, 1].
 */
export interface Step {
  /** Values without classes that are computed before the loop, in order. */
  readonly scalars: readonly Expression[]
  /** Values by class that the loop loads: class vectors, inputs and what was kept. */
  readonly reads: readonly Expression[]
  /** Values by class that the loop computes, in order. */
  readonly elements: readonly Expression[]
  /** Reductions of what the loop has. Over the classes, they are scalars of later steps; over the batch, values [1, C] of later phases. */
  readonly reductions: readonly ReductionNode[]
  /** Values by class that the loop stores, for later steps, later phases or the caller. */
  readonly keeps: readonly Expression[]
}

/** Steps that run for every row of the batch, or once for the whole batch. */
export interface Phase {
  readonly over: 'batch' | 'rows'
  /** Values without classes that are loaded before the first step: constants, sizes, inputs and what was kept. */
  readonly reads: readonly Expression[]
  readonly steps: readonly Step[]
  /** Reductions over the batch of values [B, 1]; they have their result in the next phase. */
  readonly totals: readonly ReductionNode[]
  /** Values without classes that are stored at the end, for later phases or the caller. */
  readonly keeps: readonly Expression[]
}

/** When a value is there: before the loop of a step, or in it. */
interface Stage {
  readonly phase: number
  readonly step: number
}

const leafKinds: ReadonlySet<Expression['kind']> = new Set(['constant', 'classVector', 'input', 'size'])
const isReduction = (node: Expression): node is ReductionNode => node.kind === 'sum' || node.kind === 'max'

/** What costs more to compute again in a later loop over the same row than to store and load. */
const storedKinds: ReadonlySet<Expression['kind']> = new Set(['exp', 'expm1', 'log', 'sigmoid', 'softplus', 'power'])

/**
 * The order in which fused loops compute formulas: as few passes over the batch, and over the classes of a row, as the
 * reductions leave. A sum over the classes ends a loop, a sum over the batch ends a phase; everything else joins the loop of
 * its operands. Every target that writes loops follows the same schedule.
 *
 * Reductions wait as long as they can: the value of a loss is summed in the pass that writes its gradient, also where the
 * gradient has to wait for the number of known labels. What is cheap is computed again in a later loop; functions such as exp
 * are stored within a row.
 *
 * @param outputs - what to compute, with common parts shared (as `simplify` leaves them).
 */
export function schedule(outputs: readonly Expression[]): Phase[] {
  const order = topologicalOrder(outputs)
  const phaseOf = latestPhases(order, outputs)
  // Where everything is computed again, it shows which loop is the first to need what.
  const draft = new Plan(phaseOf, outputs)
  return new Plan(phaseOf, outputs, draft).phases(new Map(order.map((node, index) => [node, index])))
}

/** The phase before this one that an operand has to be ready in: the batch's values before the rows begin. */
function phaseOfOperand(node: Expression, operand: Expression, phase: number): number {
  return node.extent.batch === operand.extent.batch ? phase : phase - 1
}

/** The earliest phase of every node: even over the batch, odd over the rows. */
function earliestPhases(order: readonly Expression[]): Map<Expression, number> {
  const phases = new Map<Expression, number>()
  for (const node of order) {
    const arrivals = operandsOf(node).map(
      (operand) => phases.get(operand)! + (node.extent.batch === operand.extent.batch ? 0 : 1),
    )
    phases.set(node, Math.max(node.extent.batch ? 1 : 0, ...arrivals))
  }
  return phases
}

/** The phase in which each node is first needed, when the outputs wait for the last. */
function latestPhases(order: readonly Expression[], outputs: readonly Expression[]): Map<Expression, number> {
  const earliest = earliestPhases(order)
  const lastOverRows = Math.max(-1, ...order.filter(({ extent }) => extent.batch).map((node) => earliest.get(node)!))
  const phases = new Map<Expression, number>()
  const need = (node: Expression, phase: number): void => {
    phases.set(node, Math.min(phase, phases.get(node) ?? phase))
  }
  for (const output of outputs) need(output, output.extent.batch ? lastOverRows : lastOverRows + 1)
  for (const node of order.toReversed()) {
    const phase = phases.get(node)!
    for (const operand of operandsOf(node)) need(operand, phaseOfOperand(node, operand, phase))
  }
  return phases
}

class StepPlan {
  readonly scalars = new Set<Expression>()
  readonly reads = new Set<Expression>()
  readonly elements = new Set<Expression>()
  readonly reductions = new Set<ReductionNode>()
  readonly keeps = new Set<Expression>()
}

class PhasePlan {
  readonly reads = new Set<Expression>()
  readonly totals = new Set<ReductionNode>()
  readonly keeps = new Set<Expression>()
  readonly steps: StepPlan[] = []

  step(index: number): StepPlan {
    while (this.steps.length <= index) this.steps.push(new StepPlan())
    return this.steps[index]!
  }
}

/** Collects what each loop has to do, from the outputs backwards. */
class Plan {
  readonly #phaseOf: ReadonlyMap<Expression, number>
  readonly #phases: PhasePlan[] = []
  readonly #steps = new Map<string, number>()
  readonly #ids = new Map<Expression, number>()

  readonly #draft: Plan | undefined

  /**
   * @param phaseOf - the phase in which each node is first needed; values [B, C] may be computed again in later ones.
   * @param draft - the same plan without stored values [B, C]; with it, what is dear is stored where it is first needed.
   */
  constructor(phaseOf: ReadonlyMap<Expression, number>, outputs: readonly Expression[], draft?: Plan) {
    this.#phaseOf = phaseOf
    this.#draft = draft
    for (const node of phaseOf.keys()) this.#ids.set(node, this.#ids.size)
    for (const output of outputs) this.keep(output)
  }

  /** Computes a value at its own stage and stores it. */
  keep(node: Expression): void {
    const stage = this.#stageOf(node)
    this.#need(node, stage)
    const phase = this.#phase(stage.phase)
    if (node.extent.classes) phase.step(stage.step).keeps.add(node)
    else phase.keeps.add(node)
  }

  phases(index: ReadonlyMap<Expression, number>): Phase[] {
    const sorted = <T extends Expression>(nodes: ReadonlySet<T>): T[] =>
      [...nodes].sort((left, right) => index.get(left)! - index.get(right)!)
    const phases = this.#phases.map(
      ({ reads, totals, keeps, steps }, position): Phase => ({
        over: position % 2 === 0 ? 'batch' : 'rows',
        reads: sorted(reads),
        steps: steps.map((step) => ({
          scalars: sorted(step.scalars),
          reads: sorted(step.reads),
          elements: sorted(step.elements),
          reductions: sorted(step.reductions),
          keeps: sorted(step.keeps),
        })),
        totals: sorted(totals),
        keeps: sorted(keeps),
      }),
    )
    return phases.filter(({ steps, totals, keeps }) => steps.length + totals.length + keeps.length > 0)
  }

  #phase(index: number): PhasePlan {
    while (this.#phases.length <= index) this.#phases.push(new PhasePlan())
    return this.#phases[index]!
  }

  #stageOf(node: Expression): Stage {
    const phase = this.#phaseOf.get(node)!
    return { phase, step: this.#stepIn(node, phase) }
  }

  /** The step of a phase in which a node is there: what comes from earlier phases is there from the beginning. */
  #stepIn(node: Expression, phase: number): number {
    const isEarlier = this.#phaseOf.get(node)! < phase && !(node.extent.batch && node.extent.classes)
    if (leafKinds.has(node.kind) || isEarlier || (isReduction(node) && node.axis === 'batch')) return 0
    const key = `${this.#ids.get(node)} ${phase}`
    let step = this.#steps.get(key)
    if (step === undefined) {
      const operands = operandsOf(node).filter(({ extent }) => extent.batch === node.extent.batch)
      step = Math.max(0, ...operands.map((operand) => this.#stepIn(operand, phase)))
      if (isReduction(node)) step++
      this.#steps.set(key, step)
    }
    return step
  }

  /** Makes a value available at a stage. */
  #need(node: Expression, at: Stage): void {
    const phase = this.#phase(at.phase)
    if (node.extent.classes) this.#needByClass(node, at, phase.step(at.step))
    else this.#needScalar(node, at, phase)
  }

  #needByClass(node: Expression, at: Stage, step: StepPlan): void {
    if (step.reads.has(node) || step.elements.has(node)) return
    if (leafKinds.has(node.kind)) {
      step.reads.add(node)
    } else if (isReduction(node)) {
      step.reads.add(node)
      this.#reduce(node)
    } else if (this.#isComputedAt(node, at)) {
      step.elements.add(node)
      for (const operand of operandsOf(node)) this.#need(operand, at)
    } else {
      step.reads.add(node)
      this.#keepAt(node, at)
    }
  }

  /** Values [1, C] are kept for all rows; values [B, C] within their row, when they are dear. */
  #isComputedAt(node: Expression, at: Stage): boolean {
    if (!node.extent.batch) return this.#phaseOf.get(node) === at.phase && this.#stepIn(node, at.phase) === at.step
    if (this.#draft === undefined || !storedKinds.has(node.kind)) return true
    return this.#draft.#firstUse(node, at.phase) === at.step
  }

  /** The first step of a phase that computes a value [B, C]. */
  #firstUse(node: Expression, phase: number): number {
    return this.#phase(phase).steps.findIndex(({ elements }) => elements.has(node))
  }

  /** Stores a value by class for a later stage: a value [B, C] in an earlier step of the same phase. */
  #keepAt(node: Expression, at: Stage): void {
    if (!node.extent.batch) {
      this.keep(node)
      return
    }
    const step = this.#draft!.#firstUse(node, at.phase)
    this.#need(node, { phase: at.phase, step })
    this.#phase(at.phase).step(step).keeps.add(node)
  }

  #needScalar(node: Expression, at: Stage, phase: PhasePlan): void {
    if (phase.reads.has(node)) return
    const stage = this.#stageOf(node)
    if (leafKinds.has(node.kind)) {
      phase.reads.add(node)
    } else if (isReduction(node) && node.axis === 'batch') {
      phase.reads.add(node)
      this.#reduce(node)
    } else if (stage.phase !== at.phase) {
      phase.reads.add(node)
      this.keep(node)
    } else if (isReduction(node)) {
      this.#reduce(node)
    } else {
      const { scalars } = phase.step(stage.step)
      if (scalars.has(node)) return
      scalars.add(node)
      for (const operand of operandsOf(node)) this.#need(operand, stage)
    }
  }

  /** A reduction over the classes happens in its own phase, one over the batch in the phase before. */
  #reduce(node: ReductionNode): void {
    const { operand } = node
    const phaseIndex = phaseOfOperand(node, operand, this.#phaseOf.get(node)!)
    const stage = { phase: phaseIndex, step: this.#stepIn(operand, phaseIndex) }
    const phase = this.#phase(stage.phase)
    const reductions: Set<ReductionNode> = operand.extent.classes ? phase.step(stage.step).reductions : phase.totals
    if (reductions.has(node)) return
    reductions.add(node)
    this.#need(operand, stage)
  }
}
