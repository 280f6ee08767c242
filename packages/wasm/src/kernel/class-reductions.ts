import type { Expression, ReductionNode } from '@dbloss/core'
import type { Local } from '../assembly/function-builder.ts'
import type { Vector, Vectors } from '../assembly/vectors.ts'
import { addDouble, laneBytes, upperHalf } from './vector-parts.ts'

/** A sum over the classes: four float32 of the block at hand, and two float64 of the blocks before. */
interface ClassSum {
  readonly block: Local<'v128'>
  readonly total: Local<'v128'>
}

/** The reductions over the classes of one loop: they begin before it, take vectors in it, and have numbers behind it. */
export class ClassReductions {
  readonly #v: Vectors
  readonly #sums = new Map<ReductionNode, ClassSum>()
  readonly #maxima = new Map<ReductionNode, Local<'v128'>>()

  /** Writes the beginning. */
  constructor(v: Vectors, reductions: readonly ReductionNode[]) {
    this.#v = v
    const b = v.builder
    const begin = (number: number): Local<'v128'> => {
      const local = b.local('v128')
      b.get(v.constant(number)).set(local)
      return local
    }
    for (const node of reductions) {
      if (node.kind === 'max') this.#maxima.set(node, begin(Number.NEGATIVE_INFINITY))
      else this.#sums.set(node, { block: begin(0), total: begin(0) })
    }
  }

  get hasSums(): boolean {
    return this.#sums.size > 0
  }

  /** Takes the values of four classes, or of the first `lanes` of them at the end of a row. */
  take(node: ReductionNode, value: Vector, lanes: number): void {
    const v = this.#v
    const { builder } = v
    const maximum = this.#maxima.get(node)
    if (maximum !== undefined) {
      const lowest = v.constant(Number.NEGATIVE_INFINITY)
      const present = lanes === 4 ? value : v.choose(v.laneMask(lanes), value, lowest)
      builder.get(v.op('f32x4.max', maximum, present)).set(maximum)
      return
    }
    const { block } = this.#sums.get(node)!
    const present = lanes === 4 ? value : v.and(value, v.laneMask(lanes))
    builder.get(v.add(block, present)).set(block)
  }

  /** Adds the sums of a block to the totals, and begins the next. */
  endBlock(): void {
    for (const sum of this.#sums.values()) {
      this.#addBlock(sum)
      this.#v.builder.get(this.#v.constant(0)).set(sum.block)
    }
  }

  /** The result of each reduction, in all lanes. */
  results(): [Expression, Vector][] {
    return [
      ...[...this.#sums].map(([node, sum]): [Expression, Vector] => [node, this.#sumOf(sum)]),
      ...[...this.#maxima].map(([node, lanes]): [Expression, Vector] => [node, this.#maximumOf(lanes)]),
    ]
  }

  #addBlock({ block, total }: ClassSum): void {
    const { builder } = this.#v
    addDouble(builder.get(total).get(block))
    addDouble(upperHalf(builder, block)).set(total)
  }

  #sumOf(sum: ClassSum): Vector {
    this.#addBlock(sum)
    return this.#v.define((b) => {
      const both = sum.total
      b.get(both).simd('f64x2.extract_lane', 0).get(both).simd('f64x2.extract_lane', 1).op('f64.add')
      b.op('f32.demote_f64').simd('f32x4.splat')
    })
  }

  #maximumOf(lanes: Vector): Vector {
    const v = this.#v
    const swapped = (x: Vector, order: readonly number[]): Vector =>
      v.define((b) =>
        b
          .get(x)
          .get(x)
          .simd('i8x16.shuffle', ...laneBytes(order)),
      )
    const pairs = v.op('f32x4.max', lanes, swapped(lanes, [2, 3, 0, 1]))
    return v.op('f32x4.max', pairs, swapped(pairs, [1, 0, 3, 2]))
  }
}
