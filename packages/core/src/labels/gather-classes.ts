import { DblossError } from '../errors.ts'

/**
 * The rows of some classes: of weights stored class-major [C, width] as [|S|, width], of a class vector as [|S|].
 *
 * @param values - row-major [C, width].
 * @param classes - S, class indices.
 * @param width - values a class. Default 1.
 * @throws DblossError `shape` for values that are not rows of this width, `argument` for a class that they do not have.
 */
export function gatherClasses(values: ArrayLike<number>, classes: ArrayLike<number>, width = 1): Float32Array {
  if (!Number.isInteger(width) || width < 1 || values.length % width !== 0) {
    throw new DblossError('shape', `values has ${values.length} numbers, which are no rows of ${width}`, {
      argument: 'values',
      found: values.length,
      expected: `a multiple of ${width}`,
    })
  }
  checkClasses(classes, values.length / width)
  const gathered = new Float32Array(classes.length * width)
  for (let row = 0; row < classes.length; row++) {
    const start = classes[row]! * width
    for (let at = 0; at < width; at++) gathered[row * width + at] = values[start + at]!
  }
  return gathered
}

/**
 * Writes rows back where {@link gatherClasses} took them from: row k of `rows` becomes row `classes[k]` of `target`.
 *
 * @param target - row-major [C, width], written to; the width is that of the rows.
 * @param classes - S, distinct class indices.
 * @param rows - row-major [|S|, width].
 * @throws DblossError `shape` where the sizes do not fit, `argument` for a class that the target does not have.
 */
export function scatterClasses(
  target: Float32Array | Float64Array,
  classes: ArrayLike<number>,
  rows: Float32Array | Float64Array,
): void {
  const width = rows.length / classes.length
  if (!Number.isInteger(width) || width < 1 || target.length % width !== 0) {
    throw new DblossError(
      'shape',
      `rows has ${rows.length} numbers for ${classes.length} classes of a target of ${target.length}`,
      { argument: 'rows', found: rows.length, expected: 'one row of equal width a class' },
    )
  }
  checkClasses(classes, target.length / width)
  for (let row = 0; row < classes.length; row++) {
    target.set(rows.subarray(row * width, (row + 1) * width), classes[row]! * width)
  }
}

/**
 * Refuses what is no class.
 *
 * @throws DblossError `argument`.
 */
export function checkClasses(classes: ArrayLike<number>, classCount: number): void {
  for (let position = 0; position < classes.length; position++) {
    const index = classes[position]!
    if (Number.isInteger(index) && index >= 0 && index < classCount) continue
    throw new DblossError('argument', `classes[${position}] is ${index}; expected 0 to ${classCount - 1}`, {
      argument: 'classes',
      found: index,
      expected: `0 to ${classCount - 1}`,
    })
  }
}
