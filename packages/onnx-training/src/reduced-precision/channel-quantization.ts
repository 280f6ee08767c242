import { elementCount } from '../element-count.ts'

/** Weights as integers: weight ≈ scale of its channel · integer. */
export interface QuantizedChannels {
  /** From −127 to 127, row-major in the shape of the weights. */
  readonly integers: Int8Array
  /** One a channel, in float32. */
  readonly scales: Float32Array
}

/** The least normal number of float32: scales below have too few digits. */
const LEAST_NORMAL = 2 ** -126

/**
 * Quantises weights symmetrically, with one scale for each index along an axis:
 *
 * scale_c = max |w_c| / 127,  integer = round(w / scale_c)
 *
 * so that no weight is off by more than half of its scale. A channel of zeros, and one whose scale would be below the normal
 * numbers of float32, has zeros and the scale 1.
 *
 * @param values - finite, row-major in the shape `dims`.
 */
export function quantizeChannels(values: Float32Array, dims: readonly number[], axis: number): QuantizedChannels {
  const channels = dims[axis]!
  const inner = elementCount(dims.slice(axis + 1))
  const channelOf = (index: number): number => Math.floor(index / inner) % channels
  const largest = new Float64Array(channels)
  values.forEach((value, index) => {
    const channel = channelOf(index)
    largest[channel] = Math.max(largest[channel]!, Math.abs(value))
  })
  const scales = Float32Array.from(largest, (size) => (size / 127 < LEAST_NORMAL ? 1 : size / 127))
  const integers = Int8Array.from(values, (value, index) => {
    const channel = channelOf(index)
    return largest[channel]! / 127 < LEAST_NORMAL ? 0 : Math.round(value / scales[channel]!)
  })
  return { integers, scales }
}
