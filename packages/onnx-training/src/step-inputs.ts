import { checkBatch, DblossError, type InputSource, type Loss, previewInputs, type SourcedBatch } from '@dbloss/core'
import type { LossInputs } from './loss-inputs.ts'

/** Where a training takes the further inputs of its loss from, when a step is not given them. */
export interface InputSourceChoice {
  /** Makes the inputs that a step is not given. Default: the loss's own source, where it has one. */
  readonly inputSource?: InputSource
  /** Seed of the loss's own source. Default 0. */
  readonly seed?: number
}

/** The state of a source, where there is one, as a part of the state of a training. */
export interface InputSourceState {
  /** The state of the source of the loss's inputs, plain JSON; absent where the training has none. */
  readonly inputSource?: unknown
}

/** A batch with the inputs of the loss that the caller gives. */
export interface StepBatch extends SourcedBatch {
  /** Row-major [batchSize, classCount]. */
  readonly labels: Float32Array | Float64Array
  /** Default: none are given. */
  readonly inputs?: LossInputs | undefined
}

/** A step that is computed and can still fail. */
export interface ComputedStep<Report> {
  readonly report: Report
  /** The logits of each batch before the step, row-major; looked at only where {@link StepInputs.needsLogits}. */
  readonly logits: readonly ArrayLike<number>[]
  /** Moves the training on to the state after the step. */
  readonly take: () => void
}

/**
 * The further inputs of a loss at the steps of a training: those that a step is given, and what a source makes where some are
 * not given. The batches of one step are one batch for the source. A step that is given all inputs does not touch it.
 */
export class StepInputs {
  readonly #loss: Loss
  readonly #source: InputSource | undefined
  /** The state from before the step that is running. */
  #before: InputSourceState | undefined

  constructor(loss: Loss, classCount: number, { inputSource, seed = 0 }: InputSourceChoice) {
    this.#loss = loss
    this.#source = inputSource ?? loss.inputSource?.({ classCount, seed })
  }

  /** Whether steps have to tell the logits that they compute. */
  get needsLogits(): boolean {
    return this.#source?.observe !== undefined
  }

  /**
   * Checks labels and given inputs before work starts.
   *
   * @returns the number of classes of the batch.
   * @throws DblossError as `checkBatch`, also for inputs that are missing where no source makes them; `argument` for inputs
   * that the loss does not declare.
   */
  check({ labels, batchSize, inputs = {} }: StepBatch): number {
    const declared = Object.entries(this.#loss.inputs)
    const unknown = Object.keys(inputs).find((name) => !Object.hasOwn(this.#loss.inputs, name))
    if (unknown !== undefined) {
      const expected = declared.map(([name]) => name).join(', ') || 'none'
      throw new DblossError('argument', `inputs names '${unknown}'; the inputs of ${this.#loss.name} are ${expected}`, {
        argument: 'inputs',
        found: unknown,
        expected,
      })
    }
    const wanted = declared.filter(([name]) => this.#source === undefined || inputs[name] !== undefined)
    return checkBatch({ ...this.#loss, inputs: Object.fromEntries(wanted) }, { labels, batchSize, inputs })
  }

  /**
   * Computes a step on checked batches with the inputs of each, lets the source observe it, and takes it. Source and training
   * move on together, or stay as they were when the step fails.
   *
   * @throws DblossError as {@link check} for what the source makes, and what the step and the source throw.
   */
  async run<Report>(
    batches: readonly StepBatch[],
    compute: (inputs: readonly LossInputs[]) => Promise<ComputedStep<Report>>,
  ): Promise<Report> {
    const source = this.#source
    if (source === undefined || batches.every((batch) => this.#isComplete(batch))) {
      const { report, take } = await compute(batches.map(({ inputs = {} }) => inputs))
      take()
      return report
    }
    const before = source.state()
    this.#before = { inputSource: before }
    try {
      const joined = joinBatches(batches)
      const { report, logits, take } = await compute(this.#merge(batches, joined, source.inputsFor(joined)))
      source.observe?.({ ...joined, logits: concatenated(logits) })
      take()
      return report
    } catch (error) {
      source.restore(before)
      throw error
    } finally {
      this.#before = undefined
    }
  }

  /** The inputs of a checked batch as a step would have them now. */
  preview(batch: StepBatch): LossInputs {
    if (this.#source === undefined || this.#isComplete(batch)) return batch.inputs ?? {}
    return this.#merge([batch], batch, previewInputs(this.#source, batch))[0]!
  }

  /** The state after the last step that is done. */
  state(): InputSourceState {
    return this.#before ?? (this.#source === undefined ? {} : { inputSource: this.#source.state() })
  }

  /** @throws DblossError `argument` for the state of a training with another kind of loss. */
  restore({ inputSource: state }: InputSourceState): void {
    const [isThere, isWanted] = [state !== undefined, this.#source !== undefined]
    if (isThere !== isWanted) {
      const [found, expected] = [isThere, isWanted].map((has) => (has ? 'one' : 'none'))
      const message = `the state has ${found} of a source of the loss's inputs, but ${this.#loss.name} has ${expected}`
      throw new DblossError('argument', message, { argument: 'state', found: state, expected })
    }
    this.#source?.restore(state)
  }

  #isComplete({ inputs = {} }: StepBatch): boolean {
    return Object.keys(this.#loss.inputs).every((name) => inputs[name] !== undefined)
  }

  /** The rows of what was made for all batches go to each, and what a batch was given comes first. */
  #merge(batches: readonly StepBatch[], joined: SourcedBatch, made: LossInputs): LossInputs[] {
    const { name, inputs: extents } = this.#loss
    let start = 0
    return batches.map(({ inputs: given = {}, labels, batchSize }) => {
      const end = start + batchSize
      const own = Object.entries(extents).flatMap(([key, { batch: isByRow }]) => {
        const values = made[key]
        if (values === undefined) return []
        const width = values.length / joined.batchSize
        return [[key, isByRow ? values.subarray(start * width, end * width) : values] as const]
      })
      start = end
      const inputs = { ...Object.fromEntries(own), ...given }
      checkBatch({ ...this.#loss, name: `the source of ${name}` }, { labels, batchSize, inputs })
      return inputs
    })
  }
}

function joinBatches(batches: readonly StepBatch[]): SourcedBatch {
  const batchSize = batches.reduce((sum, each) => sum + each.batchSize, 0)
  return { labels: concatenated(batches.map(({ labels }) => labels)), batchSize }
}

function concatenated(parts: readonly ArrayLike<number>[]): ArrayLike<number> {
  if (parts.length === 1) return parts[0]!
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
