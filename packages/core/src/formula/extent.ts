import type { Axis, Extent } from './nodes.ts'

/** [1, 1]: one number for the whole batch. */
export const SCALAR: Extent = { batch: false, classes: false }
/** [B, 1]: one number a sample. */
export const ROWS: Extent = { batch: true, classes: false }
/** [1, C]: one number a class. */
export const CLASSES: Extent = { batch: false, classes: true }
/** [B, C]: one number for each sample and class. */
export const ELEMENTS: Extent = { batch: true, classes: true }

/** The extent of an operation that broadcasts: it varies along each axis that an operand varies along. */
export function joinExtents(...extents: readonly Extent[]): Extent {
  return { batch: extents.some((extent) => extent.batch), classes: extents.some((extent) => extent.classes) }
}

/** The extent after a reduction over `axis`. */
export function withoutAxis(extent: Extent, axis: Axis): Extent {
  return { ...extent, [axis]: false }
}

/** Whether two values vary along the same axes. */
export function sameExtent(left: Extent, right: Extent): boolean {
  return left.batch === right.batch && left.classes === right.classes
}

/** [rows, columns] of a value of this extent in a batch of `batchSize` samples and `classCount` classes. */
export function shapeOf(extent: Extent, batchSize: number, classCount: number): [number, number] {
  return [extent.batch ? batchSize : 1, extent.classes ? classCount : 1]
}
