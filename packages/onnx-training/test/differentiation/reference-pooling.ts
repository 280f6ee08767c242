import { indices, offset, type ReferenceWindows, seen } from './reference-windows.ts'

/** A pooling as plain loops in float64. */
export interface ReferencePooling extends ReferenceWindows {
  readonly batchSize: number
  readonly channels: number
  /** The spatial sizes of the input. */
  readonly sizes: readonly number[]
}

/** What a window sees: its elements, and where else it lies. */
interface Window {
  readonly elements: readonly number[]
  /** Positions outside the input, counted from its first element along each axis. */
  readonly outside: readonly (readonly number[])[]
}

function windows(form: ReferencePooling): Window[] {
  const { batchSize, channels, sizes, counts, kernel } = form
  return indices([batchSize, channels, ...counts]).map(([sample, channel, ...window]) => {
    const positions = indices(kernel).map((position) => seen(form, window, position))
    const offsets = positions.map((at) => offset([sample!, channel!, ...at], [batchSize, channels, ...sizes]))
    return {
      elements: offsets.filter((at) => at !== undefined),
      outside: positions.filter((_, index) => offsets[index] === undefined),
    }
  })
}

type Values = Readonly<Record<string, Float64Array>>

/** `MaxPool` of x. */
export function referenceMaxPool(form: ReferencePooling): (values: Values) => Float64Array {
  const all = windows(form)
  return ({ x }) => Float64Array.from(all, ({ elements }) => Math.max(...elements.map((at) => x![at]!)))
}

/**
 * `AveragePool` of x.
 *
 * @param after - with padding counted as zeros: how much of it lies behind each axis.
 */
export function referenceAveragePool(
  form: ReferencePooling,
  after?: readonly number[],
): (values: Values) => Float64Array {
  const all = windows(form)
  const isCounted = (position: readonly number[]): boolean =>
    after !== undefined && position.every((at, axis) => at < form.sizes[axis]! + after[axis]!)
  return ({ x }) =>
    Float64Array.from(all, ({ elements, outside }) => {
      const sum = elements.reduce((total, at) => total + x![at]!, 0)
      return sum / (elements.length + outside.filter(isCounted).length)
    })
}
