/** A batch on sampled classes, row by row. */
export interface SampledBatch {
  readonly logits: readonly (readonly number[])[]
  readonly labels: readonly (readonly number[])[]
  readonly negativeWeights: readonly number[]
  /** π; 1 for each class leaves it out. */
  readonly priors: readonly number[]
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** A row of hard and unknown labels: its positives, and its negatives with their weights. */
function sidesOf(labels: readonly number[], weights: readonly number[]) {
  const classes = labels.map((_, index) => index)
  return {
    positives: classes.filter((index) => labels[index] === 1),
    negatives: classes.filter((index) => labels[index] === 0 && weights[index]! > 0),
  }
}

/** Σ over the rows of Σ_y log(1 + Σ_c ρ̂_c (π_c/π_y)^τ e^{z_c − z_y}), as it is written; for moderate logits. */
export function softmaxByLoop({ logits, labels, negativeWeights, priors }: SampledBatch, tau: number): number {
  return sum(
    logits.map((z, row) => {
      const { positives, negatives } = sidesOf(labels[row]!, negativeWeights)
      return sum(
        positives.map((y) =>
          Math.log(
            1 +
              sum(
                negatives.map((c) => negativeWeights[c]! * (priors[c]! / priors[y]!) ** tau * Math.exp(z[c]! - z[y]!)),
              ),
          ),
        ),
      )
    }),
  )
}

/** Σ over the rows of Σ_y φ(z_y) + Σ_c ρ̂_c mean_y (π_c/π_y)^τ φ(−z_c). */
export function logisticByLoop({ logits, labels, negativeWeights, priors }: SampledBatch, tau: number): number {
  return sum(
    logits.map((z, row) => {
      const { positives, negatives } = sidesOf(labels[row]!, negativeWeights)
      const ratio = (c: number): number =>
        positives.length === 0 ? 1 : sum(positives.map((y) => (priors[c]! / priors[y]!) ** tau)) / positives.length
      return (
        sum(positives.map((y) => softplus(-z[y]!))) +
        sum(negatives.map((c) => negativeWeights[c]! * ratio(c) * softplus(z[c]!)))
      )
    }),
  )
}
