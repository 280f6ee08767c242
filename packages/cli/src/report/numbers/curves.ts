import { precisionRecallCurve, type ScoreData } from '@dbloss/core'
import { bySplit, type SplitKey } from './comparison.ts'

/** A point of a precision–recall curve. */
export interface CurvePoint {
  readonly recall: number
  readonly precision: number
}

/** The elements of some classes of a score matrix, pooled. */
interface Elements {
  readonly labels: readonly (readonly number[])[]
  readonly scores: ScoreData
  readonly classes: readonly number[]
}

/** So many points a curve has at most, about: more cannot be seen. */
const mostPoints = 200

/** The curve of the pooled elements of some classes, thinned to what can be seen; empty without positives. */
export function pooledCurve({ labels, scores, classes }: Elements): CurvePoint[] {
  const { data, classCount } = scores
  const width = classes.length
  const pooledLabels = new Int8Array(labels.length * width)
  const pooledScores = new Float32Array(labels.length * width)
  const columnOf = new Map(classes.map((index, column) => [index, column]))
  labels.forEach((row, sample) => {
    for (const index of row) {
      const column = columnOf.get(index)
      if (column !== undefined) pooledLabels[sample * width + column] = 1
    }
    for (let column = 0; column < width; column++) {
      pooledScores[sample * width + column] = data[sample * classCount + classes[column]!]!
    }
  })
  return thinned(precisionRecallCurve(pooledLabels, pooledScores))
}

/** The micro-averaged curves of all classes and of each split. */
export function splitCurves(
  labels: Elements['labels'],
  scores: ScoreData,
  classesOf: Readonly<Record<SplitKey, readonly number[]>>,
): Record<SplitKey, CurvePoint[]> {
  return bySplit((split) => pooledCurve({ labels, scores, classes: classesOf[split] }))
}

/** Of the points at which recall rises the last one in each of `mostPoints` equal ranges of recall, and the first one. */
function thinned(points: readonly CurvePoint[]): CurvePoint[] {
  const rising = points.filter(({ recall }, place) => recall > (points[place - 1]?.recall ?? 0))
  const rangeOf = ({ recall }: CurvePoint): number => Math.ceil(recall * mostPoints)
  return rising
    .filter((point, place) => {
      const next = rising[place + 1]
      return place === 0 || next === undefined || rangeOf(next) > rangeOf(point)
    })
    .map(({ recall, precision }) => ({ recall, precision }))
}
