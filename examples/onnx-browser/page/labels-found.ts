import { kindNames } from '@dbloss/example-tfjs-browser/pictures/kinds'

/** A kind that a model finds in a picture. */
export interface FoundLabel {
  readonly classIndex: number
  readonly label: string
  /** σ of the logit. */
  readonly score: number
}

/** The kinds with a score over 50 % in each of the first pictures, the most probable first. */
export function labelsFound(logits: Float32Array, pictureCount: number): FoundLabel[][] {
  const classCount = kindNames.length
  return Array.from({ length: pictureCount }, (_, row) =>
    kindNames
      .map((label, classIndex) => ({
        classIndex,
        label,
        score: 1 / (1 + Math.exp(-logits[row * classCount + classIndex]!)),
      }))
      .filter(({ score }) => score > 0.5)
      .sort((one, other) => other.score - one.score),
  )
}
