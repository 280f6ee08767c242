import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  normalizedPickAllLabelsLoss,
  pickAllLabelsLoss,
  unbiasedLoss,
  upperBoundLoss,
} from '../../../src/index.ts'
import { expectedLoss, type MaskedRow, rowLosses, simulate } from './masked-labels.ts'

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** What softmax cross-entropy costs for each class. */
function softmaxCosts({ logits }: MaskedRow): number[] {
  const total = Math.log(sum(logits.map(Math.exp)))
  return logits.map((logit) => total - logit)
}

const trueLabels = ({ truth }: MaskedRow): number => sum(truth)

/** Losses of the true labels, written out. */
const clean = {
  binary: ({ truth, logits }: MaskedRow) => sum(logits.map((z, i) => softplus(truth[i] === 1 ? -z : z))),
  pickAll: (row: MaskedRow) => sum(softmaxCosts(row).map((cost, i) => row.truth[i]! * cost)),
  normalized: (row: MaskedRow) => clean.pickAll(row) / Math.max(1, trueLabels(row)),
}

/** By how much the mean of the upper bound is above the loss of the true labels. */
const excess = ({ truth, logits, propensities }: MaskedRow): number =>
  sum(logits.map((z, i) => truth[i]! * (1 - propensities[i]!) * (softplus(z) + softplus(-z))))

// Rows of losses with reduction batchmean are the sums over the classes.
const reduction = 'batchmean'
const propensities = [0.9, 0.5, 0.3, 0.7, 0.25]
const logits = [1.2, -0.7, 0.4, -2, 2.5]
const rows = {
  'several labels': { truth: [1, 1, 1, 0, 1], logits, propensities },
  'one label': { truth: [0, 0, 1, 0, 0], logits, propensities },
  'no label': { truth: [0, 0, 0, 0, 0], logits, propensities },
} satisfies Record<string, MaskedRow>

describe('over random maskings', () => {
  const draws = { draws: 2000, seed: 7 }
  /** Standard errors between a mean and what it should be: true values are beyond it in 6 of 100,000 runs (z-score 4). */
  const Z = 4
  /** Differences beyond this many standard errors are real. */
  const CERTAIN = 10

  test.each(Object.entries(rows))(
    'the unbiased losses have the loss of the true labels as their mean: %s',
    (_, row) => {
      for (const [loss, expected] of [
        [unbiasedLoss(propensities, { reduction }), clean.binary(row)],
        [pickAllLabelsLoss(propensities, { reduction }), clean.pickAll(row)],
      ] as const) {
        const { mean, standardError } = simulate(loss, row, draws)
        // 1e-12: without labels nothing is random, and what is left is rounding.
        expect(Math.abs(mean - expected)).toBeLessThanOrEqual(Z * standardError + 1e-12)
      }
    },
  )

  test('losses without propensities have not', () => {
    const row = rows['several labels']
    for (const [loss, expected] of [
      [binaryCrossEntropy({ reduction }), clean.binary(row)],
      [
        pickAllLabelsLoss(
          propensities.map(() => 1),
          { reduction },
        ),
        clean.pickAll(row),
      ],
    ] as const) {
      const { mean, standardError } = simulate(loss, row, draws)
      expect(Math.abs(mean - expected)).toBeGreaterThan(CERTAIN * standardError)
    }
  })

  test('the mean of the upper bound is above the loss of the true labels, by the excess that is documented', () => {
    const row = rows['several labels']
    const { mean, standardError } = simulate(upperBoundLoss(propensities, { reduction }), row, draws)
    expect(mean - clean.binary(row)).toBeGreaterThan(CERTAIN * standardError)
    expect(Math.abs(mean - clean.binary(row) - excess(row))).toBeLessThanOrEqual(Z * standardError)
  })

  test('the normalised form is biased upwards where a sample has several labels', () => {
    const row = rows['several labels']
    const { mean, standardError } = simulate(normalizedPickAllLabelsLoss(propensities, { reduction }), row, draws)
    expect(mean - clean.normalized(row)).toBeGreaterThan(CERTAIN * standardError)
  })

  test('and is not where it has one', () => {
    const row = rows['one label']
    const { mean, standardError } = simulate(normalizedPickAllLabelsLoss(propensities, { reduction }), row, draws)
    expect(Math.abs(mean - clean.normalized(row))).toBeLessThanOrEqual(Z * standardError)
  })
})

describe('over all maskings, each with its probability', () => {
  const maskedRow = fc
    .array(
      fc.record({
        truth: fc.constantFrom(0, 1),
        logit: fc.double({ min: -8, max: 8, noNaN: true }),
        propensity: fc.double({ min: 0.05, max: 1, noNaN: true }),
      }),
      { minLength: 4, maxLength: 4 },
    )
    .map((classes) => ({
      truth: classes.map(({ truth }) => truth),
      logits: classes.map(({ logit }) => logit),
      propensities: classes.map(({ propensity }) => propensity),
    }))

  /** Losses up to 8 · 4 · 20, from a few dozen operations. */
  const ROUNDING = 1e-11

  test('the unbiased losses and the upper bound have the mean that is documented', () => {
    fc.assert(
      fc.property(maskedRow, (row) => {
        for (const [loss, expected] of [
          [unbiasedLoss(row.propensities, { reduction }), clean.binary(row)],
          [pickAllLabelsLoss(row.propensities, { reduction }), clean.pickAll(row)],
          [upperBoundLoss(row.propensities, { reduction }), clean.binary(row) + excess(row)],
        ] as const) {
          expect(Math.abs(expectedLoss(loss, row) - expected)).toBeLessThan(ROUNDING)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('the normalised form is above the loss of the true labels, and equal to it for one label', () => {
    fc.assert(
      fc.property(maskedRow, (row) => {
        const bias =
          expectedLoss(normalizedPickAllLabelsLoss(row.propensities, { reduction }), row) - clean.normalized(row)
        expect(bias).toBeGreaterThan(-ROUNDING)
        if (trueLabels(row) < 2) expect(bias).toBeLessThan(ROUNDING)
      }),
      { numRuns: 20 },
    )
  })
})

test('observed labels decide: the upper bound is above the unbiased loss by (1/p − 1)(ℓ⁺ + ℓ⁻) at each of them', () => {
  const { truth } = rows['several labels']
  const [unbiased, bound] = [unbiasedLoss, upperBoundLoss].map((make) => {
    return rowLosses(make(propensities, { reduction }), [truth], logits)[0]!
  })
  const expected = sum(logits.map((z, i) => truth[i]! * (1 / propensities[i]! - 1) * (softplus(z) + softplus(-z))))
  expect(bound! - unbiased!).toBeCloseTo(expected, 12)
})
