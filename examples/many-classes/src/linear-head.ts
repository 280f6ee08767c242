/** Weights of some classes, class-major [S, width], with the sums of squared gradients of Adagrad. */
export interface ClassRows {
  readonly weights: Float32Array
  readonly squares: Float32Array
  /** Weights a class. */
  readonly width: number
}

/**
 * A head that ranks classes by their priors: the bias, which is the last weight of a class, has σ(bias) = π, so that most
 * classes start as unlikely as they are.
 */
export function newHead(priors: readonly number[], width: number): ClassRows {
  const weights = new Float32Array(priors.length * width)
  priors.forEach((prior, index) => {
    weights[(index + 1) * width - 1] = Math.log(prior / (1 - prior))
  })
  return { weights, squares: new Float32Array(weights.length), width }
}

/** z = x w for each row and class: fills `logits` [B, S] from `features` [B, width]. */
export function computeLogits({ weights, width }: ClassRows, features: Float32Array, logits: Float32Array): void {
  const classCount = weights.length / width
  const batchSize = features.length / width
  for (let index = 0; index < classCount; index++) {
    const first = index * width
    for (let row = 0; row < batchSize; row++) {
      const start = row * width
      let sum = 0
      for (let at = 0; at < width; at++) sum += weights[first + at]! * features[start + at]!
      logits[row * classCount + index] = sum
    }
  }
}

/** A step of Adagrad (Duchi et al. 2011) by the gradient with respect to the logits [B, S]. */
export function adagradStep(
  { weights, squares, width }: ClassRows,
  features: Float32Array,
  gradient: Float32Array,
  learningRate: number,
): void {
  const classCount = weights.length / width
  const batchSize = features.length / width
  const slope = new Float64Array(width)
  for (let index = 0; index < classCount; index++) {
    slope.fill(0)
    for (let row = 0; row < batchSize; row++) {
      const derivative = gradient[row * classCount + index]!
      const start = row * width
      for (let at = 0; at < width; at++) slope[at]! += derivative * features[start + at]!
    }
    const first = index * width
    for (let at = 0; at < width; at++) {
      squares[first + at]! += slope[at]! ** 2
      weights[first + at]! -= (learningRate * slope[at]!) / Math.sqrt(squares[first + at]! + 1e-10)
    }
  }
}
