import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Batch, evaluate, seesawLoss } from '../../../src/index.ts'
import { anyBatches } from './batches.ts'

const classCounts = Float32Array.of(50, 7, 0, 120, 3)
const inputs = { classCounts }
const positiveZero = (value: number): number => value + 0

interface Row {
  /** z, y and N of the classes whose label is known. */
  readonly z: readonly number[]
  readonly y: readonly number[]
  readonly n: readonly number[]
}

function knownRow({ logits, labels }: Batch, row: number): Row {
  const known = Array.from(classCounts.keys()).filter((index) => labels[5 * row + index]! >= 0)
  return {
    z: known.map((index) => logits[5 * row + index]!),
    y: known.map((index) => labels[5 * row + index]!),
    n: known.map((index) => classCounts[index]!),
  }
}

/** S of each class, as products and powers. */
function factors({ z, y, n }: Row, p: number, q: number): number[] {
  const total = y.reduce((sum, label) => sum + label, 0)
  if (total === 0) return y.map(() => 1)
  const scores = z.map((logit) => Math.exp(logit) / z.reduce((sum, other) => sum + Math.exp(other), 0))
  const ofLabels = (values: readonly number[]): number =>
    values.reduce((product, value, index) => product * value ** (y[index]! / total), 1)
  const count = ofLabels(n.map((seen) => Math.max(seen, 1)))
  const score = Math.max(ofLabels(scores), 0.01)
  return y.map((label, index) => {
    const mitigation = Math.min(1, Math.max(n[index]!, 1) / count) ** p
    const compensation = Math.max(1, scores[index]! / score) ** q
    return (mitigation * compensation) ** (1 - label)
  })
}

function rowLoss({ z, y }: Row, s: readonly number[]): number {
  const denominator = z.reduce((sum, logit, index) => sum + s[index]! * Math.exp(logit), 0)
  return y.reduce((sum, label, index) => sum - label * Math.log((s[index]! * Math.exp(z[index]!)) / denominator), 0)
}

/** Four rows of one label, the last with a score below 0.01. */
const oneLabelRows = {
  logits: Float64Array.of(0.5, -1, 2, 0, -3, -0.2, 1.5, -0.7, 0.3, 0.1, 2, -2, 0.4, -0.6, 1.2, -6, 3, 1, 0.5, -0.5),
  labels: Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0),
  batchSize: 4,
}

test('is seesaw_ce_loss of MMDetection for rows of one label', () => {
  // `seesaw_ce_loss` (github.com/open-mmlab/mmdetection, mmdet/models/losses/seesaw_loss.py) with p 0.8, q 2, eps 0.01 on
  // these rows and counts, with PyTorch 1.13 on the CPU in float64.
  const rows = [1.7214891742231124, 0.4900748173726719, 2.5189713427151785, 16.197978248054643]
  const gradient = [
    -0.20530007858165433, 0.002069033227946385, 0.17597700609166567, 0.027111872826972076, 0.00014216643507019265,
    0.02797709390336658, -0.09685485979955957, 0.003577477636390649, 0.04612642981085536, 0.019173858448946972,
    0.2219583108218795, 0.000820771584160069, 0.003756921019751329, 0.0033283929008729642, -0.22986439632666383,
    -0.24999997691938178, 0.24920184824830782, 0.00013022846920363978, 0.0006644162048829324, 3.4839969873679323e-6,
  ]
  const actual = evaluate(seesawLoss(), { ...oneLabelRows, inputs })
  for (const [index, row] of rows.entries()) expect(actual.rows![index]).toBeCloseTo(row, 13)
  for (const [index, derivative] of gradient.entries()) expect(actual.gradient[index]).toBeCloseTo(derivative, 14)
})

test('with p = q = 0 is softmax cross-entropy', () => {
  const { rows, gradient } = evaluate(seesawLoss({ p: 0, q: 0, reduction: 'sum' }), { ...oneLabelRows, inputs })
  for (let row = 0; row < 4; row++) {
    const z = oneLabelRows.logits.slice(5 * row, 5 * row + 5)
    const total = z.reduce((sum, logit) => sum + Math.exp(logit), 0)
    const label = oneLabelRows.labels.slice(5 * row, 5 * row + 5).indexOf(1)
    expect(rows![row]! / 4).toBeCloseTo(Math.log(total) - z[label]!, 13)
    z.forEach((logit, index) => {
      const expected = Math.exp(logit) / total - (index === label ? 1 : 0)
      expect(gradient[5 * row + index]).toBeCloseTo(expected, 13)
    })
  }
})

describe.each([
  [0.8, 2],
  [1.5, 0],
  [0, 0.7],
])('with p = %d, q = %d', (p, q) => {
  const loss = seesawLoss({ p, q })

  test('is the formula as loops, over the known labels, with geometric means over the labels of a row', () => {
    fc.assert(
      fc.property(anyBatches(5), (batch) => {
        const { rows } = evaluate(loss, { ...batch, inputs })
        for (const [index, actual] of rows!.entries()) {
          const row = knownRow(batch, index)
          const expected = rowLoss(row, factors(row, p, q))
          // Logarithms here, powers there: a few roundings of terms up to 40, 5 labels a row.
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(expected)))
        }
      }),
    )
  })

  test('the gradient is that of the formula with S held fast', () => {
    fc.assert(
      fc.property(anyBatches(5), (batch) => {
        const { gradient } = evaluate(loss, { ...batch, inputs })
        for (let index = 0; index < batch.batchSize; index++) {
          const row = knownRow(batch, index)
          const s = factors(row, p, q)
          const total = row.z.reduce((sum, z, j) => sum + s[j]! * Math.exp(z), 0)
          const labelSum = row.y.reduce((sum, label) => sum + label, 0)
          const expected = row.z.map((z, j) => (labelSum * s[j]! * Math.exp(z)) / total - row.y[j]!)
          const actual = [...gradient.slice(5 * index, 5 * index + 5)].filter(
            (_, j) => batch.labels[5 * index + j]! >= 0,
          )
          actual.forEach((derivative, j) => {
            expect(Math.abs(derivative * batch.batchSize - expected[j]!)).toBeLessThanOrEqual(1e-12)
          })
        }
      }),
    )
  })
})

test('rows without positives cost 0 and have no gradient, and count as rows in the mean', () => {
  const { value, rows, gradient } = evaluate(seesawLoss(), {
    logits: Float64Array.of(0.5, -1, 2, 0, -3, 3, 2, 1, 0, -1),
    labels: Float64Array.of(1, 0, 0, 0, 0, 0, 0, -1, 0, 0),
    batchSize: 2,
    inputs,
  })
  expect(rows![1]).toBe(0)
  expect([...gradient.slice(5)].map(positiveZero)).toEqual([0, 0, 0, 0, 0])
  expect(value).toBeCloseTo(1.7214891742231124 / 2, 13)
})

describe('parameters out of range are refused', () => {
  test.each([
    [{ p: -1 }, 'p is -1; expected a number at least 0'],
    [{ q: Number.POSITIVE_INFINITY }, 'q is Infinity'],
  ])('%o', (options, message) => expect(() => seesawLoss(options)).toThrow(message))
})
