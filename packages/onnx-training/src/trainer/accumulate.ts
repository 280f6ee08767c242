import { DblossError, type Loss } from '@dbloss/core'
import { elementCount } from '../element-count.ts'
import { freeTensors } from '../free-tensors.ts'
import { nextName } from '../optimizer-graph.ts'
import type { Ort, OrtSession, OrtTensor } from '../ort.ts'
import { type GraphPrecision, precisions, toPrecision } from '../precision.ts'
import type { TrainingBatch } from './batches.ts'
import type { Device } from './device.ts'
import type { ModelParameter } from './parameters.ts'
import type { BatchGradients } from './training-sessions.ts'
import { accumulationGraph, gradientName, totalName } from './update-graph.ts'

/**
 * How much each of several batches counts in the loss and the gradient of all of them together: by known labels when the
 * loss is the mean of elements, by rows when it is the mean of rows, and fully when it is a sum.
 *
 * @throws DblossError `argument` for a loss that is one number for the whole batch.
 */
export function batchWeights(batches: readonly TrainingBatch[], { name, reduction, elements, rows }: Loss): number[] {
  if (rows === undefined) {
    throw new DblossError('argument', `${name} couples the rows of a batch, so batches cannot be added up`, {
      argument: 'batch',
      found: `${batches.length} batches`,
      expected: 'one batch',
    })
  }
  if (reduction === 'sum' || reduction === 'none') return batches.map(() => 1)
  const isMeanOfElements = reduction === 'mean' && elements !== undefined
  const counts = batches.map(({ labels, batchSize }) => (isMeanOfElements ? knownCount(labels) : batchSize))
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total === 0 ? 0 : count / total))
}

function knownCount(labels: ArrayLike<number>): number {
  let count = 0
  for (let index = 0; index < labels.length; index++) if (labels[index] !== -1) count++
  return count
}

/** Adds up the gradients of several batches, one batch in memory at a time. */
export class GradientSum {
  readonly #ort: Ort
  readonly #device: Device
  readonly #precision: GraphPrecision
  readonly #parameters: readonly ModelParameter[]
  #session: OrtSession | undefined

  constructor(ort: Ort, device: Device, precision: GraphPrecision, parameters: readonly ModelParameter[]) {
    this.#ort = ort
    this.#device = device
    this.#precision = precision
    this.#parameters = parameters
  }

  /** @param compute - gives the gradients of the batch with that index. */
  async of(weights: readonly number[], compute: (index: number) => Promise<BatchGradients>): Promise<BatchGradients> {
    const names = this.#parameters.map(({ initializer }) => totalName(gradientName(initializer)))
    this.#session ??= await this.#device.session(
      accumulationGraph(this.#parameters, this.#precision),
      names.map(nextName),
      [],
    )
    let loss = 0
    const allLogits: OrtTensor[] = []
    let totals = this.#zeros()
    for (const [index, weight] of weights.entries()) {
      const { loss: part, logits, gradients } = await compute(index)
      loss += weight * part
      allLogits.push(...logits)
      const outputs = await this.#session.run({ ...totals, ...gradients, weight: this.#tensor([weight], []) })
      freeTensors([...Object.values(totals), ...Object.values(gradients)])
      totals = Object.fromEntries(names.map((name) => [name, outputs[nextName(name)]!]))
    }
    const named = this.#parameters.map(({ initializer }) => gradientName(initializer))
    return {
      loss,
      logits: allLogits,
      gradients: Object.fromEntries(named.map((name) => [name, totals[totalName(name)]!])),
    }
  }

  async dispose(): Promise<void> {
    await this.#session?.release?.()
  }

  #zeros(): Record<string, OrtTensor> {
    return Object.fromEntries(
      this.#parameters.map(({ initializer, shape }) => [
        totalName(gradientName(initializer)),
        this.#tensor(new Float32Array(elementCount(shape)), shape),
      ]),
    )
  }

  #tensor(values: ArrayLike<number>, shape: readonly number[]): OrtTensor {
    return new this.#ort.Tensor(precisions[this.#precision].tensor, toPrecision(values, this.#precision), shape)
  }
}
