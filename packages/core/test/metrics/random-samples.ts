import fc from 'fast-check'

interface MatrixData {
  readonly data: number[]
  readonly classCount: number
}

/** Labels and scores as row-major matrices. */
export interface MatrixSamples {
  readonly labels: MatrixData
  readonly scores: MatrixData
}

/** What {@link scoredSamples} draws from. */
export interface SampleChoices {
  readonly classCount: number
  readonly maxSamples: number
  readonly labels?: readonly number[]
  /** A short list makes ties common. */
  readonly scores?: readonly number[]
}

/** Labels and scores of one sample or more. */
export function scoredSamples({
  classCount,
  maxSamples,
  labels = [0, 1, -1],
  scores = [-3, -1, -0.5, 0, 0.25, 2, 7],
}: SampleChoices): fc.Arbitrary<MatrixSamples> {
  const element = fc.record({ label: fc.constantFrom(...labels), score: fc.constantFrom(...scores) })
  const row = fc.array(element, { minLength: classCount, maxLength: classCount })
  return fc.array(row, { minLength: 1, maxLength: maxSamples }).map((rows) => ({
    labels: { data: rows.flat().map(({ label }) => label), classCount },
    scores: { data: rows.flat().map(({ score }) => score), classCount },
  }))
}

/** One class with given labels and scores. */
export function oneClass(labels: number[], scores: number[]): MatrixSamples {
  return { labels: { data: labels, classCount: 1 }, scores: { data: scores, classCount: 1 } }
}
