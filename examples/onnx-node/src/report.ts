import type { SplitMeans } from '@dbloss/core'
import type { Trainer } from '@dbloss/onnx-training'
import Table from 'cli-table3'

/** Tells from time to time how the training goes and how long it will still take. */
export class Progress {
  readonly #firstStep: number
  readonly #totalSteps: number
  readonly #started = performance.now()

  /** @param firstStep - where this run begins; not 0 when it goes on from a checkpoint. */
  constructor(firstStep: number, totalSteps: number) {
    this.#firstStep = firstStep
    this.#totalSteps = totalSteps
  }

  /** Prints a line after every twentieth step, and the last. */
  show(step: number, loss: number): void {
    if (step % 20 !== 0 && step !== this.#totalSteps) return
    const milliseconds = (performance.now() - this.#started) / (step - this.#firstStep)
    const secondsLeft = (milliseconds * (this.#totalSteps - step)) / 1000
    console.log(
      `step ${step} of ${this.#totalSteps}   loss ${loss.toFixed(4)}   ${milliseconds.toFixed(0)} ms a step   ${secondsLeft.toFixed(0)} s left`,
    )
  }
}

/** Prints what is trained and how much memory that takes. */
export function printMemory(trainer: Trainer, batchSize: number): void {
  const { weights, optimizer, activationsPerSample } = trainer.memory()
  console.log(
    `${trainer.parameters.length} weights are trained, from ${trainer.parameters[0]!.name} to ${trainer.parameters.at(-1)!.name}: ` +
      `${mebibytes(weights)}, with ${mebibytes(optimizer)} for the optimizer and averages, ` +
      `and at most ${mebibytes(activationsPerSample * batchSize)} of activations in a step`,
  )
}

/** Prints mAP by the parts of the long tail, and the gain. */
export function printScores({ before, after }: { before: SplitMeans; after: SplitMeans }): void {
  const splits = ['all', 'head', 'medium', 'tail'] as const
  const table = new Table({
    head: ['mAP, %', ...splits],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  })
  const points = (value: number) => (100 * value).toFixed(1)
  table.push(
    ['before', ...splits.map((split) => points(before[split]))],
    ['fine-tuned', ...splits.map((split) => points(after[split]))],
    ['gain', ...splits.map((split) => points(after[split] - before[split]))],
  )
  console.log(table.toString())
}

/** `12.3 MiB` */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
