import { describe, expectTypeOf, test } from 'vitest'
import { composeLoss, type LabelStatistics, type Loss, type LossParts, parts } from '../../../src/index.ts'

// tsc checks this file; what runs of it proves nothing. A call below `@ts-expect-error` that type-checks fails the check of types.
const statistics = {} as LabelStatistics

describe('composeLoss', () => {
  test('takes parts in their places', () => {
    expectTypeOf(composeLoss).toBeCallableWith(statistics, {})
    expectTypeOf(composeLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf({
      weights: [parts.rebalanced({ mu: 0.3 }), parts.inverseFrequency()],
      logits: parts.negativeTolerant({ lambda: 5 }),
      sides: parts.asymmetric(),
    }).toExtend<LossParts>()
    expectTypeOf({ missingLabels: parts.unbiased([0.5]), weights: parts.classBalanced() }).toExtend<LossParts>()
  })
  test('takes no part in the place of another, and no two where one belongs', () => {
    // @ts-expect-error weights are no sides
    const weightsAsSides: LossParts = { sides: parts.rebalanced() }
    // @ts-expect-error sides are no weights
    const sidesAsWeights: LossParts = { weights: parts.focal() }
    // @ts-expect-error a loss has one pair of sides
    const twoSides: LossParts = { sides: [parts.focal(), parts.asymmetric()] }
    // @ts-expect-error both shift the logits by the priors
    const twoShifts: LossParts = { logits: [parts.negativeTolerant(), parts.logitAdjusted()] }
    return [weightsAsSides, sidesAsWeights, twoSides, twoShifts]
  })
  test('takes no weights that read labels where labels are missing', () => {
    // @ts-expect-error re-balanced weights read the labels
    const rebalanced: LossParts = { missingLabels: parts.unbiased([0.5]), weights: parts.rebalanced() }
    // @ts-expect-error so do these modes
    const byRow: LossParts = { missingLabels: parts.upperBound([0.5]), weights: parts.classBalanced({ mode: 'min-n' }) }
    // @ts-expect-error and what is divided by the largest of a row
    const normalized: LossParts = { missingLabels: parts.unbiased([0.5]), weights: parts.normalized('instance') }
    return [rebalanced, byRow, normalized]
  })
})
