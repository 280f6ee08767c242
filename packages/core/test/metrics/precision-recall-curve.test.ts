import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averagePrecision, precisionRecallCurve } from '../../src/metrics/index.ts'

describe('precisionRecallCurve', () => {
  test('scikit-learn 1.2, docstring of precision_recall_curve, from its end', () => {
    expect(precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toEqual([
      { threshold: 0.8, precision: 1, recall: 0.5 },
      { threshold: 0.4, precision: 0.5, recall: 0.5 },
      { threshold: 0.35, precision: 2 / 3, recall: 1 },
      { threshold: 0.1, precision: 0.5, recall: 1 },
    ])
  })

  test('tied scores are one point, unknown labels none', () => {
    expect(precisionRecallCurve([1, 0, -1, 1, -1], [2, 2, 2, 1, 7])).toEqual([
      { threshold: 2, precision: 0.5, recall: 0.5 },
      { threshold: 1, precision: 2 / 3, recall: 1 },
    ])
  })

  test('has no points without positives', () => {
    expect(precisionRecallCurve([0, -1], [1, 2])).toEqual([])
  })

  test('the area below its steps is averagePrecision', () => {
    const sample = fc.record({ label: fc.constantFrom(0, 1, -1), score: fc.constantFrom(-3, -1, 0, 0.25, 7) })
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (samples) => {
        const labels = samples.map(({ label }) => label)
        const scores = samples.map(({ score }) => score)
        let [area, before] = [0, 0]
        for (const { precision, recall } of precisionRecallCurve(labels, scores)) {
          area += (recall - before) * precision
          before = recall
        }
        // A sum of at most five products, in another order.
        if (labels.includes(1)) expect(area).toBeCloseTo(averagePrecision(labels, scores), 12)
        else expect(area).toBe(0)
      }),
    )
  })

  test('refuses a soft label', () => {
    expect(() => precisionRecallCurve([0.5], [1])).toThrow(
      'labels[0] is 0.5; a precision–recall curve needs 0, 1 or −1',
    )
  })
})
