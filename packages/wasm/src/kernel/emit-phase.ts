import type { Expression, Phase, ReductionNode, Step } from '@dbloss/core'
import { FunctionBuilder, type Local } from '../assembly/function-builder.ts'
import { type Vector, Vectors } from '../assembly/vectors.ts'
import type { KernelOutput } from '../kernel.ts'
import { ClassReductions } from './class-reductions.ts'
import { DOUBLE, FLOAT, type Layout, VECTOR } from './layout.ts'
import { LoopBody } from './loop-body.ts'
import { VectorPrimitives } from './vector-primitives.ts'

/** The outputs that are stored where the caller wants them. */
type Outputs = ReadonlyMap<KernelOutput, Expression>

/** Where a row of a value [B, C] begins, or the byte of a value [B, 1]. */
type Places = Map<Expression | KernelOutput, Local<'i32'>>

/** Bytes of a block of 64 classes: 16 additions of float32 to a lane lose an eps or two, and cost a fifth of float64's. */
const BLOCK = 64 * FLOAT

/**
 * Writes the function of one phase: `(firstRow, endRow, base)` for a phase over rows, `()` for one over the batch. `base` is
 * added to the addresses of row buffers and totals, which each thread has for itself.
 */
export function emitPhase(phase: Phase, layout: Layout, outputs: Outputs): FunctionBuilder {
  const builder = new FunctionBuilder(phase.over === 'rows' ? 3 : 0)
  new PhaseEmitter(builder, phase, layout, outputs).emit()
  return builder
}

class PhaseEmitter {
  readonly #b: FunctionBuilder
  readonly #v: Vectors
  readonly #phase: Phase
  readonly #layout: Layout
  readonly #outputs: Outputs
  /** Values without classes, in all lanes. */
  readonly #scalars = new Map<Expression, Vector>()
  readonly #primitives: VectorPrimitives

  constructor(builder: FunctionBuilder, phase: Phase, layout: Layout, outputs: Outputs) {
    this.#b = builder
    this.#v = new Vectors(builder)
    this.#phase = phase
    this.#layout = layout
    this.#outputs = outputs
    this.#primitives = new VectorPrimitives(
      this.#v,
      (node) => this.#scalar(node),
      phase.steps.flatMap(({ scalars }) => scalars),
    )
  }

  emit(): void {
    if (this.#phase.over === 'batch') {
      this.#readScalars(this.#phase.reads, new Map())
      for (const step of this.#phase.steps) this.#emitStep(step, new Map())
      for (const node of this.#phase.keeps) this.#storeNumber(this.#layout.fixed.get(node)!, this.#scalar(node))
      return
    }
    this.#emitRows()
  }

  #emitRows(): void {
    const b = this.#b
    const { totals, reads, steps, keeps } = this.#phase
    const [firstRow, endRow, base] = b.parameters as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
    const row = b.local('i32')
    const sums = new Map(totals.map((node) => [node, b.local('f64')]))
    for (const node of totals) if (node.kind === 'max') b.f64(Number.NEGATIVE_INFINITY).set(sums.get(node)!)
    for (const { reductions } of steps) this.#clearTotals(reductions)
    // What does not vary over the rows is loaded once.
    this.#readScalars(
      reads.filter((node) => !node.extent.batch),
      new Map(),
    )
    b.get(firstRow).set(row)
    b.loop(row, endRow, 1, () => {
      const places = this.#placesOf(row)
      this.#readScalars(
        reads.filter((node) => node.extent.batch),
        places,
      )
      for (const step of steps) this.#emitStep(step, places)
      for (const [node, sum] of sums) {
        b.get(sum).get(this.#scalar(node.operand)).simd('f32x4.extract_lane', 0).op('f64.promote_f32')
        b.op(node.kind === 'sum' ? 'f64.add' : 'f64.max').set(sum)
      }
      for (const node of keeps) {
        for (const key of this.#rowKeys(node)) {
          b.get(places.get(key)!)
            .get(this.#scalar(node))
            .simd('v128.store32_lane', ...FunctionBuilder.memory(), 0)
        }
      }
    })
    for (const [node, sum] of sums) {
      b.get(base)
        .get(sum)
        .op('f64.store', ...FunctionBuilder.memory(this.#layout.totals.get(node)!))
    }
  }

  /** What a kept value [B, 1] is stored as: an output, and for later phases. */
  #rowKeys(node: Expression): (Expression | KernelOutput)[] {
    const keys: (Expression | KernelOutput)[] = this.#layout.pointers.has(node) ? [node] : []
    return this.#outputs.get('rows') === node ? [...keys, 'rows'] : keys
  }

  /** The places in the caller's arrays and in kept columns of the row at hand. */
  #placesOf(row: Local<'i32'>): Places {
    const b = this.#b
    const places: Places = new Map()
    const { classCount } = this.#layout
    for (const key of this.#usedPointers()) {
      const node = typeof key === 'string' ? this.#outputs.get(key)! : key
      const place = b.local('i32')
      b.i32(this.#layout.pointers.get(key)!).op('i32.load', ...FunctionBuilder.memory())
      b.get(row)
        .i32(node.extent.classes ? classCount * FLOAT : FLOAT)
        .op('i32.mul')
        .op('i32.add')
        .set(place)
      places.set(key, place)
    }
    return places
  }

  #usedPointers(): (Expression | KernelOutput)[] {
    const { reads, steps, keeps } = this.#phase
    const used = new Set([...reads, ...keeps, ...steps.flatMap((step) => [...step.reads, ...step.keeps])])
    return [...this.#layout.pointers.keys()].filter((key) => {
      const node = typeof key === 'string' ? this.#outputs.get(key)! : key
      return node.extent.batch && used.has(node)
    })
  }

  #readScalars(nodes: readonly Expression[], places: Places): void {
    const v = this.#v
    const { fixed, totals, batchSize, classCount } = this.#layout
    const load = (address: number): Vector =>
      v.define((b) => b.i32(address).simd('v128.load32_splat', ...FunctionBuilder.memory()))
    for (const node of nodes) {
      const place = places.get(node) ?? (node === this.#outputs.get('rows') ? places.get('rows') : undefined)
      if (node.kind === 'constant') this.#scalars.set(node, v.constant(node.value))
      else if (node.kind === 'size') {
        this.#scalars.set(node, node.axis === 'batch' ? load(batchSize.float) : v.constant(classCount))
      } else if (place !== undefined) {
        this.#scalars.set(
          node,
          v.define((b) => b.get(place).simd('v128.load32_splat', ...FunctionBuilder.memory())),
        )
      } else if (totals.has(node as ReductionNode)) {
        const address = totals.get(node as ReductionNode)!
        this.#scalars.set(
          node,
          v.define((b) => {
            b.i32(address).op('f64.load', ...FunctionBuilder.memory())
            b.op('f32.demote_f64').simd('f32x4.splat')
          }),
        )
      } else this.#scalars.set(node, load(fixed.get(node)!))
    }
  }

  #scalar(node: Expression): Vector {
    if (node.kind === 'constant') return this.#v.constant(node.value)
    return this.#scalars.get(node)!
  }

  #emitStep(step: Step, places: Places): void {
    for (const node of step.scalars) this.#scalars.set(node, this.#primitives.compute(node))
    if (step.elements.length + step.reductions.length + step.keeps.length === 0) return
    const b = this.#b
    const { classCount } = this.#layout
    const classReductions = new ClassReductions(
      this.#v,
      step.reductions.filter(({ axis }) => axis === 'classes'),
    )
    const offset = b.local('i32')
    const whole = Math.floor(classCount / 4) * 4
    const tail = classCount - whole
    const body = (lanes: number): void =>
      new LoopBody(this.#v, this.#layout, this.#outputs, step, {
        ...{ places, offset, lanes, classReductions, base: b.parameters[2] },
        scalar: (node) => this.#scalar(node),
        row: this.#primitives,
      }).emit()
    this.#prepareReciprocals(step)
    b.i32(0).set(offset)
    if (classReductions.hasSums && whole * FLOAT > BLOCK) {
      this.#inBlocks(offset, whole * FLOAT, classReductions, () => body(4))
    } else if (whole > 0) b.loop(offset, whole * FLOAT, VECTOR, () => body(4))
    if (tail > 0) body(tail)
    for (const [node, result] of classReductions.results()) this.#scalars.set(node, result)
  }

  /** Reciprocals of the row must not be born inside the loop. */
  #prepareReciprocals({ elements }: Step): void {
    for (const node of elements) {
      if (node.kind === 'divide' && !node.right.extent.classes && node.left.extent.classes) {
        this.#primitives.reciprocalOf(node.right, (divisor) => this.#scalar(divisor))
      }
    }
  }

  /** `for (; offset < end; offset += 16) body()`, which adds the sums of each block to the totals. */
  #inBlocks(offset: Local<'i32'>, end: number, classReductions: ClassReductions, body: () => void): void {
    const b = this.#b
    const [start, blockEnd] = [b.local('i32'), b.local('i32')]
    b.i32(0).set(start)
    b.loop(start, end, BLOCK, () => {
      b.get(start).i32(BLOCK).op('i32.add').set(blockEnd)
      b.get(blockEnd).i32(end).get(blockEnd).i32(end).op('i32.lt_u').op('select').set(blockEnd)
      b.loop(offset, blockEnd, VECTOR, body)
      classReductions.endBlock()
    })
  }

  /** Totals by class begin anew with each evaluation. */
  #clearTotals(reductions: readonly ReductionNode[]): void {
    const b = this.#b
    const padded = Math.ceil(this.#layout.classCount / 4) * 4
    for (const node of reductions) {
      if (node.axis !== 'batch') continue
      const offset = b.local('i32')
      const isSum = node.kind === 'sum'
      const start = this.#v.constant(isSum ? 0 : Number.NEGATIVE_INFINITY)
      b.i32(0).set(offset)
      b.loop(offset, padded * (isSum ? DOUBLE : FLOAT), 16, () => {
        b.get(offset)
          .get(this.#b.parameters[2]!)
          .op('i32.add')
          .get(start)
          .simd('v128.store', ...FunctionBuilder.memory(this.#layout.totals.get(node)!))
      })
    }
  }

  #storeNumber(address: number, value: Vector): void {
    this.#b
      .i32(address)
      .get(value)
      .simd('v128.store32_lane', ...FunctionBuilder.memory(), 0)
  }
}
