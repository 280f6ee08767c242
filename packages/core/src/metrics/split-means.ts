import type { ClassSplits } from '../labels/splits.ts'

/** Mean average precision over all classes and over each split; NaN for a split without a class to average over. */
export interface SplitMeans {
  readonly all: number
  readonly head: number
  readonly medium: number
  readonly tail: number
}

/** The means of what each class has, [C], without the classes where it is NaN. */
export function splitMeans(values: readonly number[], { head, medium, tail }: ClassSplits): SplitMeans {
  const meanOver = (classes: readonly number[]): number => {
    const defined = classes.map((index) => values[index]!).filter((value) => !Number.isNaN(value))
    return defined.reduce((sum, value) => sum + value, 0) / defined.length
  }
  return { all: meanOver([...values.keys()]), head: meanOver(head), medium: meanOver(medium), tail: meanOver(tail) }
}
