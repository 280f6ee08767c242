import { type Expression, type ReductionNode, type Step, topologicalOrder } from '@dbloss/core'
import { type FunctionBuilder as Builder, FunctionBuilder, type Local } from '../assembly/function-builder.ts'
import type { Vector, Vectors } from '../assembly/vectors.ts'
import type { KernelOutput } from '../kernel.ts'
import type { ClassReductions } from './class-reductions.ts'
import type { Layout } from './layout.ts'
import { addDouble, laneBytes, upperHalf } from './vector-parts.ts'
import { VectorPrimitives } from './vector-primitives.ts'

/** What a loop body finds around it. */
export interface LoopSurroundings {
  /** Where the row begins in each array that varies over the rows. */
  readonly places: ReadonlyMap<Expression | KernelOutput, Local<'i32'>>
  /** The bytes from the beginning of the row. */
  readonly offset: Local<'i32'>
  /** What is added to addresses of the thread at hand; none in a phase over the batch. */
  readonly base: Local<'i32'> | undefined
  /** How many classes there are from here: 4, or fewer at the end of a row. */
  readonly lanes: number
  readonly classReductions: ClassReductions
  scalar(node: Expression): Vector
  readonly row: VectorPrimitives
}

/** Writes what one step computes for four classes, or for the last ones of a row. */
export class LoopBody {
  readonly #v: Vectors
  readonly #layout: Layout
  readonly #outputs: ReadonlyMap<KernelOutput, Expression>
  readonly #step: Step
  readonly #around: LoopSurroundings
  readonly #values = new Map<Expression, Vector>()

  constructor(
    v: Vectors,
    layout: Layout,
    outputs: ReadonlyMap<KernelOutput, Expression>,
    step: Step,
    around: LoopSurroundings,
  ) {
    this.#v = v
    this.#layout = layout
    this.#outputs = outputs
    this.#step = step
    this.#around = around
  }

  emit(): void {
    const { reads, elements, reductions, keeps } = this.#step
    const value = (node: Expression): Vector => this.#values.get(node) ?? this.#around.scalar(node)
    const all = topologicalOrder([...this.#outputs.values()])
    const primitives = new VectorPrimitives(this.#v, value, all, this.#around.row)
    for (const node of reads) this.#values.set(node, this.#read(node))
    for (const node of elements) this.#values.set(node, primitives.compute(node))
    for (const node of reductions) this.#reduce(node, value(node.operand))
    for (const node of keeps) this.#keep(node, value(node))
  }

  #read(node: Expression): Vector {
    const { fixed, rowBuffers, totals } = this.#layout
    const place = this.#around.places.get(node) ?? this.#placeOfOutput(node)
    const address = fixed.get(node) ?? rowBuffers.get(node)
    if (address !== undefined) return this.#loadPadded(address, rowBuffers.has(node))
    if (place !== undefined) return this.#loadLanes(place)
    const total = totals.get(node as ReductionNode)!
    // Totals are read when all threads have added theirs to those of the first.
    return (node as ReductionNode).kind === 'max' ? this.#loadPadded(total, false) : this.#loadDoubles(total)
  }

  /** A value [B, C] that an earlier loop left in an output. */
  #placeOfOutput(node: Expression): Local<'i32'> | undefined {
    for (const [name, output] of this.#outputs) if (output === node) return this.#around.places.get(name)
    return undefined
  }

  #keep(node: Expression, value: Vector): void {
    const { fixed, rowBuffers } = this.#layout
    const address = fixed.get(node) ?? rowBuffers.get(node)
    if (address !== undefined) this.#storePadded(address, value, rowBuffers.has(node))
    for (const [name, output] of this.#outputs) {
      if (output === node && node.extent.batch) this.#storeLanes(this.#around.places.get(name)!, value)
    }
  }

  #reduce(node: ReductionNode, value: Vector): void {
    if (node.axis === 'classes') this.#around.classReductions.take(node, value, this.#around.lanes)
    else this.#reduceOverBatch(node, value)
  }

  #reduceOverBatch(node: ReductionNode, value: Vector): void {
    const v = this.#v
    const total = this.#layout.totals.get(node)!
    if (node.kind === 'max') {
      this.#storePadded(total, v.op('f32x4.max', this.#loadPadded(total, true), value), true)
      return
    }
    const halves: ((b: Builder) => Builder)[] = [(b) => b.get(value), (b) => upperHalf(b, value)]
    halves.forEach((push, half) => {
      const memory = FunctionBuilder.memory(total + 16 * half)
      this.#pushDoubled(true)
      this.#pushDoubled(true).simd('v128.load', ...memory)
      addDouble(push(v.builder)).simd('v128.store', ...memory)
    })
  }

  /** Twice the offset: the place among float64. */
  #pushDoubled(isOfThread: boolean): Builder {
    return this.#pushOffset(isOfThread).get(this.#around.offset).op('i32.add')
  }

  /** The offset, in the region of this thread where it has its own. */
  #pushOffset(isOfThread: boolean): Builder {
    const { offset, base } = this.#around
    const builder = this.#v.builder.get(offset)
    return isOfThread && base !== undefined ? builder.get(base).op('i32.add') : builder
  }

  #loadPadded(address: number, isOfThread: boolean): Vector {
    return this.#v.define(() => this.#pushOffset(isOfThread).simd('v128.load', ...FunctionBuilder.memory(address)))
  }

  #storePadded(address: number, value: Vector, isOfThread: boolean): void {
    this.#pushOffset(isOfThread)
      .get(value)
      .simd('v128.store', ...FunctionBuilder.memory(address))
  }

  /** Sums by class, as float32. */
  #loadDoubles(address: number): Vector {
    return this.#v.define((b) => {
      for (const half of [0, 1]) {
        this.#pushDoubled(false).simd('v128.load', ...FunctionBuilder.memory(address + 16 * half))
        b.simd('f32x4.demote_f64x2_zero')
      }
      b.simd('i8x16.shuffle', ...laneBytes([0, 1, 4, 5]))
    })
  }

  /** The caller's rows are not padded: the last classes are loaded one by one. */
  #loadLanes(place: Local<'i32'>): Vector {
    const { lanes } = this.#around
    if (lanes === 4)
      return this.#v.define(() => this.#pushAddress(place).simd('v128.load', ...FunctionBuilder.memory()))
    return this.#v.define((b) => {
      const first = b.local('v128')
      this.#pushAddress(place)
        .simd('v128.load32_zero', ...FunctionBuilder.memory())
        .set(first)
      for (let lane = 1; lane < lanes; lane++) {
        this.#pushAddress(place)
          .get(first)
          .simd('v128.load32_lane', ...FunctionBuilder.memory(4 * lane), lane)
          .set(first)
      }
      b.get(first)
    })
  }

  #storeLanes(place: Local<'i32'>, value: Vector): void {
    const { lanes } = this.#around
    if (lanes === 4) {
      this.#pushAddress(place)
        .get(value)
        .simd('v128.store', ...FunctionBuilder.memory())
      return
    }
    for (let lane = 0; lane < lanes; lane++) {
      this.#pushAddress(place)
        .get(value)
        .simd('v128.store32_lane', ...FunctionBuilder.memory(4 * lane), lane)
    }
  }

  #pushAddress(place: Local<'i32'>): Builder {
    return this.#v.builder.get(place).get(this.#around.offset).op('i32.add')
  }
}
