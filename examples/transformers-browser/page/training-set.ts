import { type LabelStatistics, labelStatistics } from '@dbloss/core'
import type { Picture, PictureSet } from './picture-set.ts'

/** The pictures with labels, as training takes them. */
export interface TrainingSet {
  readonly pictures: readonly Picture[]
  readonly classNames: readonly string[]
  /** For each picture the indices of its classes. */
  readonly labels: readonly (readonly number[])[]
  readonly statistics: LabelStatistics
}

/**
 * Takes the pictures that have a label.
 *
 * @throws Error, for the visitor to read, when nothing can be learned from them.
 */
export function trainingSet(set: PictureSet): TrainingSet {
  const pictures = set.pictures.filter((picture) => picture.labels.length > 0)
  const classNames = set.labelNames.filter((name) => set.countOf(name) > 0)
  if (set.pictures.length === 0) throw new Error('There are no pictures yet. Add some, and name what they show.')
  if (pictures.length === 0) {
    throw new Error('No picture has a label. Type labels below a picture, or drop pictures onto a label.')
  }
  if (pictures.length === 1) {
    throw new Error('Only one picture has a label. Add more pictures, with other labels too.')
  }
  const always = classNames.find((name) => set.countOf(name) === pictures.length)
  if (always !== undefined) {
    throw new Error(
      `All pictures that have a label show '${always}', so there is nothing to tell it from. Add pictures that show something else.`,
    )
  }
  const labels = pictures.map((picture) => picture.labels.map((name) => classNames.indexOf(name)))
  return { pictures, classNames, labels, statistics: labelStatistics(labels, { classNames }) }
}
