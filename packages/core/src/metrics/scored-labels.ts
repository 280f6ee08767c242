import { DblossError } from '../errors.ts'
import type { ExpectedClasses } from '../labels/class-names.ts'
import { type LabelInput, readHardLabels } from '../labels/label-matrix.ts'

/** Scores row by row in one array. */
export interface ScoreData {
  /** Row-major [sampleCount, classCount]. */
  readonly data: ArrayLike<number>
  readonly classCount: number
}

/** Labels of samples, and the scores that a classifier gave them. */
export interface ScoredSamples {
  /** The labels of the evaluated samples: 0, 1, or −1 for unknown, which is left out. */
  readonly labels: LabelInput
  /** Their logits. A score of an unknown label is not read. */
  readonly scores: ScoreData
}

/** Labels in one form, row-major [N, C]. */
export interface LabelMatrix {
  /** 1, 0, or −1 for unknown. */
  readonly labels: Int8Array
  readonly sampleCount: number
  readonly classCount: number
}

/** Labels and scores that were checked against each other, row-major [N, C]. */
export interface ScoredMatrix extends LabelMatrix {
  /** A number wherever the label is known. */
  readonly scores: ArrayLike<number>
}

/**
 * Checks labels and scores. Without `expected`, there are as many classes as the scores have columns.
 *
 * @throws DblossError `shape` for sizes that do not fit together, `labels` for soft labels, `logits` for a NaN score.
 */
export function readScoredLabels({ labels, scores }: ScoredSamples, expected?: ExpectedClasses): ScoredMatrix {
  const classes = expected ?? { classCount: columnsOf(scores), described: 'the scores have' }
  return withScores(readLabelMatrix(labels, classes), scores, classes)
}

/**
 * Checks labels alone.
 *
 * @throws DblossError `shape` for wrong sizes and no samples, `labels` for soft labels.
 */
export function readLabelMatrix(labels: LabelInput, expected: ExpectedClasses): LabelMatrix {
  const { classCount } = expected
  const { rows } = readHardLabels(labels, 'an evaluation', expected)
  const matrix = new Int8Array(rows.length * classCount)
  rows.forEach(({ classes, unknown }, row) => {
    for (const index of classes) matrix[row * classCount + index] = 1
    for (const index of unknown) matrix[row * classCount + index] = -1
  })
  return { labels: matrix, sampleCount: rows.length, classCount }
}

/**
 * Checks scores for labels that were read; `argument` is their name in messages.
 *
 * @throws DblossError `shape` for another size, `logits` for a NaN score of a known label.
 */
export function withScores(
  matrix: LabelMatrix,
  scores: ScoreData,
  expected: ExpectedClasses,
  argument = 'scores',
): ScoredMatrix {
  const { labels, sampleCount, classCount } = matrix
  if (scores.classCount !== classCount) {
    throw new DblossError(
      'shape',
      `${argument} has ${scores.classCount} columns but ${expected.described} ${classCount} classes`,
      { argument, found: scores.classCount, expected: `${classCount} columns` },
    )
  }
  if (scores.data.length !== labels.length) {
    throw new DblossError(
      'shape',
      `${argument} has ${scores.data.length} values; expected [${sampleCount}, ${classCount}]`,
      { argument, found: scores.data.length, expected: `${labels.length} values` },
    )
  }
  const scored = { ...matrix, scores: scores.data }
  refuseScores(scored, Number.isNaN, 'a number', argument)
  return scored
}

/**
 * For work that computes with the scores and does not only rank them.
 *
 * @throws DblossError `logits` for an infinite score of a known label.
 */
export function requireFiniteScores(scored: ScoredMatrix): void {
  refuseScores(scored, (score) => !Number.isFinite(score), 'a finite number')
}

/**
 * For means over what is known.
 *
 * @throws DblossError `labels` when every label is unknown.
 */
export function requireKnownLabels({ labels }: LabelMatrix): void {
  if (labels.some((label) => label !== -1)) return
  throw new DblossError('labels', 'labels are all unknown; expected at least one that is 0 or 1', {
    argument: 'labels',
    expected: 'at least one known label',
  })
}

/** The labels and scores of one class, unknown labels included. */
export function classColumn(scored: ScoredMatrix, index: number): { labels: Int8Array; scores: Float64Array } {
  const { sampleCount, classCount } = scored
  const labels = new Int8Array(sampleCount)
  const scores = new Float64Array(sampleCount)
  for (let sample = 0; sample < sampleCount; sample++) {
    labels[sample] = scored.labels[sample * classCount + index]!
    scores[sample] = scored.scores[sample * classCount + index]!
  }
  return { labels, scores }
}

function columnsOf({ classCount }: ScoreData): number {
  if (Number.isInteger(classCount) && classCount >= 1) return classCount
  throw new DblossError('shape', `scores has classCount ${classCount}; expected a positive integer`, {
    argument: 'scores',
    found: classCount,
    expected: 'a positive integer',
  })
}

function refuseScores(
  { labels, scores, classCount }: ScoredMatrix,
  isWrong: (score: number) => boolean,
  expected: string,
  argument = 'scores',
): void {
  labels.forEach((label, element) => {
    const score = scores[element]!
    if (label === -1 || !isWrong(score)) return
    const place = `${Math.floor(element / classCount)}, ${element % classCount}`
    throw new DblossError('logits', `${argument}[${place}] is ${score}; expected ${expected}`, {
      argument,
      found: score,
      expected,
    })
  })
}
