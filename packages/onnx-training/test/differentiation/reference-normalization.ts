/** `InstanceNormalization` of x with a scale and a bias as plain loops in float64. */
export function referenceInstanceNormalization(
  channels: number,
  epsilon: number,
): (values: Readonly<Record<string, Float64Array>>, batchSize: number) => Float64Array {
  return ({ x, scale, bias }, batchSize) => {
    const size = x!.length / (batchSize * channels)
    const y = new Float64Array(x!.length)
    for (let start = 0; start < y.length; start += size) {
      const instance = x!.subarray(start, start + size)
      const mean = average(instance)
      const deviation = Math.sqrt(average(instance.map((value) => (value - mean) ** 2)) + epsilon)
      const channel = (start / size) % channels
      y.set(
        instance.map((value) => (scale![channel]! * (value - mean)) / deviation + bias![channel]!),
        start,
      )
    }
    return y
  }
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
