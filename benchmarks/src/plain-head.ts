/**
 * One AdamW step of a linear head in plain JavaScript loops, the loss passed in: the yardstick beside the ONNX graph.
 * Loops are ordered so that the inner one runs over contiguous memory.
 */
export function plainHead(featureCount: number, classCount: number) {
  const size = featureCount * classCount
  const [weights, first, second, gradient] = Array.from({ length: 4 }, () => new Float32Array(size))
  let step = 0
  return (
    features: Float32Array,
    batchSize: number,
    lossGradient: (logits: Float32Array, dLogits: Float32Array) => void,
  ): void => {
    const logits = new Float32Array(batchSize * classCount)
    const dLogits = new Float32Array(batchSize * classCount)
    for (let row = 0; row < batchSize; row++) {
      for (let f = 0; f < featureCount; f++) {
        const x = features[row * featureCount + f]!
        for (let c = 0; c < classCount; c++) logits[row * classCount + c]! += x * weights![f * classCount + c]!
      }
    }
    lossGradient(logits, dLogits)
    gradient!.fill(0)
    for (let row = 0; row < batchSize; row++) {
      for (let f = 0; f < featureCount; f++) {
        const x = features[row * featureCount + f]!
        for (let c = 0; c < classCount; c++) gradient![f * classCount + c]! += x * dLogits[row * classCount + c]!
      }
    }
    step++
    const correction1 = 1 / (1 - 0.9 ** step)
    const correction2 = 1 / (1 - 0.999 ** step)
    for (let at = 0; at < size; at++) {
      const g = gradient![at]!
      first![at] = 0.9 * first![at]! + 0.1 * g
      second![at] = 0.999 * second![at]! + 0.001 * g * g
      const direction = (first![at]! * correction1) / (Math.sqrt(second![at]! * correction2) + 1e-8)
      weights![at]! -= 1e-3 * (direction + 0.01 * weights![at]!)
    }
  }
}
