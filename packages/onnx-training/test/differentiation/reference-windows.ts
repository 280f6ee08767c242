/** Windows along the spatial axes, each list as long as there are axes. */
export interface ReferenceWindows {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** In front of each axis; what lies behind follows from the counts. */
  readonly before: readonly number[]
  /** How many windows there are. */
  readonly counts: readonly number[]
}

/** All indices of an array of some shape, in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  let all: number[][] = [[]]
  for (const size of shape) all = all.flatMap((index) => Array.from({ length: size }, (_, last) => [...index, last]))
  return all
}

/** Where an index lies in a row-major array; nothing when it lies outside. */
export function offset(index: readonly number[], shape: readonly number[]): number | undefined {
  if (index.some((position, axis) => position < 0 || position >= shape[axis]!)) return undefined
  return index.reduce((sum, position, axis) => sum * shape[axis]! + position, 0)
}

/** The element of the input that a position of the kernel sees in a window; it may lie in the padding. */
export function seen(windows: ReferenceWindows, window: readonly number[], position: readonly number[]): number[] {
  const { strides, dilations, before } = windows
  return window.map((at, axis) => at * strides[axis]! + position[axis]! * dilations[axis]! - before[axis]!)
}
