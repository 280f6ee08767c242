/** A batch as an input source sees it before the loss is computed. */
export interface SourcedBatch {
  /** Row-major [batchSize, classCount]; −1 is unknown. */
  readonly labels: ArrayLike<number>
  readonly batchSize: number
}

/** A batch after the loss was computed, with the logits that it was computed from. */
export interface ObservedBatch extends SourcedBatch {
  /** Row-major [batchSize, classCount]. */
  readonly logits: ArrayLike<number>
}

/**
 * Makes the further inputs of a loss, batch by batch, where they are random numbers or running statistics: what changes
 * from step to step stays outside of the formula. A training calls {@link InputSource.inputsFor} before a step and
 * {@link InputSource.observe} after it, and keeps {@link InputSource.state} in its checkpoints.
 */
export interface InputSource {
  /**
   * The inputs by name, each of the extent that the loss declares.
   *
   * @throws DblossError `shape` for labels of another number of classes, `labels` for values that no label has.
   */
  inputsFor(batch: SourcedBatch): Readonly<Record<string, Float32Array>>
  /**
   * Takes note of a batch, once a step; absent where nothing is learnt from batches.
   *
   * @throws DblossError as {@link InputSource.inputsFor}; `logits` where they are read and are not finite.
   */
  observe?(batch: ObservedBatch): void
  /** Everything that the source goes on from, as plain JSON: a copy, which later batches leave as it is. */
  state(): unknown
  /**
   * Goes on from a state.
   *
   * @throws DblossError `argument` for a state of another kind or size.
   */
  restore(state: unknown): void
}

/** What {@link Loss.inputSource} needs. */
export interface InputSourceOptions {
  readonly classCount: number
  /** Seed of random numbers. Default 0. */
  readonly seed?: number
}

/** The inputs that a source would make for a batch now; the source is left as it was. For measuring between the steps. */
export function previewInputs(source: InputSource, batch: SourcedBatch): Readonly<Record<string, Float32Array>> {
  const before = source.state()
  try {
    return source.inputsFor(batch)
  } finally {
    source.restore(before)
  }
}
