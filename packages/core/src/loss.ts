import type { Expression, Extent } from './formula/nodes.ts'
import type { InputSource, InputSourceOptions } from './input-source.ts'
import type { LabelStatistics } from './labels/index.ts'

/**
 * How elements become one number. `mean` is over the known elements, `batchmean` sums over the classes and averages
 * over the rows, `sum` adds everything. With `none` the elements are the result; the value is then their sum, and the
 * gradient that of the sum unless the caller gives a seed.
 */
export type Reduction = 'mean' | 'sum' | 'batchmean' | 'none'

/** A loss: a formula with its parameters. Made by {@link defineLoss} and by the named losses. */
export interface Loss {
  /** Identifies the loss in tables and messages, as `distribution-balanced`. */
  readonly name: string
  /** The number of classes that the class vectors describe; absent when the loss works with any number. */
  readonly classCount?: number
  /** The statistics that the loss was made from; absent when it needs none. */
  readonly statistics?: LabelStatistics
  /** The parameters as the user would give them again. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Where the formula comes from. */
  readonly reference?: string
  readonly reduction: Reduction
  /** Named inputs besides `logits` and `labels`, with their extents. */
  readonly inputs: Readonly<Record<string, Extent>>
  /** Makes a source of these inputs, where they are random numbers or running statistics; absent where they are data of the user's. */
  readonly inputSource?: (options: InputSourceOptions) => InputSource
  /** The formula as its author wrote it, for reading: without masks for unknown labels and before simplification. */
  readonly formula: Expression
  /** The loss of each element [B, C] before reduction, 0 where the label is unknown; absent when classes or rows are coupled. */
  readonly elements?: Expression
  /**
   * A number for each row [B, 1] whose mean over the rows is the value, for frameworks that average rows themselves: with
   * reduction `mean`, `rowSum · B / known`. Absent when the loss is one number for the whole batch.
   */
  readonly rows?: Expression
  /** The reduced loss, [1, 1]. */
  readonly value: Expression
}

/** The formulas that an adapter lowers: simplified, sharing their common parts. */
export interface LossProgram {
  /** [1, 1] */
  readonly value: Expression
  /** [B, C], where the loss has one. */
  readonly elements?: Expression
  /** [B, 1], where the loss has one. */
  readonly rows?: Expression
  /** The derivative of the value with respect to the logits, [B, C]. */
  readonly gradient: Expression
}

/** What can be asked of a loss: one number, a number a row, or the elements before reduction. */
export type LossOutput = 'value' | 'rows' | 'elements'

/** One output of a loss with its derivative: simplified, sharing their common parts. */
export interface OutputProgram {
  /** [1, 1] for `value`, [B, 1] for `rows`, [B, C] for `elements`. */
  readonly output: Expression
  /** The derivative of `Σ seed · output` with respect to the logits, [B, C]. */
  readonly gradient: Expression
  /** The upstream cotangent that the gradient reads: the input `seed`, of the extent of the output. */
  readonly seed: Expression
}
