import { createRandom, evaluate, type Loss, type Random } from '../../../src/index.ts'

/** A row of true labels with logits, and the probability with which each label is observed, [C]. */
export interface MaskedRow {
  readonly truth: readonly number[]
  readonly logits: readonly number[]
  readonly propensities: readonly number[]
}

/** The loss of each of the label rows, all with the same logits. Needs a loss whose rows are not scaled by the batch. */
export function rowLosses(loss: Loss, labelRows: readonly (readonly number[])[], logits: readonly number[]): number[] {
  const { rows } = evaluate(loss, {
    logits: Float64Array.from(labelRows.flatMap(() => logits)),
    labels: Float64Array.from(labelRows.flat()),
    batchSize: labelRows.length,
  })
  return Array.from(rows!)
}

/** The labels as they are observed: a true label with its propensity, and 0 otherwise. */
function mask({ truth, propensities }: MaskedRow, random: Random): number[] {
  return truth.map((label, index) => (random.next() < propensities[index]! ? label : 0))
}

/** The mean loss over random maskings, and its standard error. */
export function simulate(loss: Loss, row: MaskedRow, { draws, seed }: { draws: number; seed: number }) {
  const random = createRandom(seed)
  const losses = rowLosses(
    loss,
    Array.from({ length: draws }, () => mask(row, random)),
    row.logits,
  )
  const mean = losses.reduce((sum, value) => sum + value) / draws
  const variance = losses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1)
  return { mean, standardError: Math.sqrt(variance / draws) }
}

/** The mean loss over all maskings of a row, each with its probability: what a simulation estimates. */
export function expectedLoss(loss: Loss, { truth, logits, propensities }: MaskedRow): number {
  const maskings = truth.reduce<readonly { labels: number[]; probability: number }[]>(
    (before, label, index) =>
      before.flatMap(({ labels, probability }) => {
        if (label === 0) return [{ labels: [...labels, 0], probability }]
        const p = propensities[index]!
        return [
          { labels: [...labels, label], probability: probability * p },
          { labels: [...labels, 0], probability: probability * (1 - p) },
        ]
      }),
    [{ labels: [], probability: 1 }],
  )
  const losses = rowLosses(
    loss,
    maskings.map(({ labels }) => labels),
    logits,
  )
  return losses.reduce((sum, value, index) => sum + maskings[index]!.probability * value, 0)
}
