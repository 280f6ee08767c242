import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asymmetricLoss,
  type Batch,
  binaryCrossEntropy,
  type ClassBalancedMode,
  classBalancedLoss,
  composeLoss,
  distributionBalancedLoss,
  evaluate,
  focalLoss,
  hillLoss,
  inverseFrequencyLoss,
  type Loss,
  type LossParts,
  labelStatistics,
  logitAdjustedSigmoidLoss,
  negativeTolerantLoss,
  parts,
  rebalancedLoss,
  statisticsFromCounts,
  unbiasedLoss,
  upperBoundLoss,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import { expectFiniteAtExtremes, expectSameFromRecord } from '../loss-properties.ts'

const statistics = labelStatistics(
  Array.from({ length: 60 }, (_, index) => [0, 1, 2].filter((label) => index % (label * 4 + 2) === 0)),
  { classCount: 3 },
)
const propensities = [0.9, 0.5, 0.2]

const batches = fc.record({
  logits: fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 6, maxLength: 6 }),
  labels: fc.array(fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 6,
    maxLength: 6,
  }),
})

const batch: Batch = {
  logits: Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1),
  labels: Float64Array.of(1, 0, 1, 0, 0.5, -1),
  batchSize: 2,
}

/** Each named loss beside the parts that it is made of. */
const composed: readonly (readonly [title: string, named: Loss, parts: LossParts])[] = [
  ['BCE', binaryCrossEntropy(), {}],
  ['Focal', focalLoss({ gamma: 1.5 }), { sides: parts.focal({ gamma: 1.5 }) }],
  ['Focal with its defaults', focalLoss(), { sides: parts.focal() }],
  ['ASL', asymmetricLoss(), { sides: parts.asymmetric() }],
  ['Hill', hillLoss(), { sides: parts.hill() }],
  ['R-BCE', rebalancedLoss(statistics), { weights: parts.rebalanced() }],
  ['NT-BCE', negativeTolerantLoss(statistics), { logits: parts.negativeTolerant() }],
  [
    'DB-Focal',
    distributionBalancedLoss(statistics),
    { weights: parts.rebalanced(), logits: parts.negativeTolerant(), sides: parts.focal() },
  ],
  [
    'DB, released, by batch',
    distributionBalancedLoss(statistics, { gamma: 0, variant: 'released', weightNormalization: 'batch' }),
    {
      weights: parts.normalized('batch', parts.rebalanced()),
      logits: parts.negativeTolerant({ variant: 'released' }),
    },
  ],
  ...(['by-class', 'average-n', 'min-n'] as const satisfies readonly ClassBalancedMode[]).map(
    (mode) =>
      [
        `CB-Focal ${mode}`,
        classBalancedLoss(statistics, { mode, beta: 0.99 }),
        { weights: parts.classBalanced({ mode, beta: 0.99 }), sides: parts.focal() },
      ] as const,
  ),
  [
    'CB-NTR',
    classBalancedLoss(statistics, { negativeTolerant: { lambda: 5 } }),
    { weights: parts.classBalanced(), logits: parts.negativeTolerant({ lambda: 5 }), sides: parts.focal() },
  ],
  ['RW', inverseFrequencyLoss(statistics), { weights: parts.inverseFrequency() }],
  ['logit-adjusted', logitAdjustedSigmoidLoss(statistics, { tau: 0.7 }), { logits: parts.logitAdjusted({ tau: 0.7 }) }],
  ['unbiased', unbiasedLoss(propensities), { missingLabels: parts.unbiased(propensities) }],
  ['upper bound', upperBoundLoss(propensities), { missingLabels: parts.upperBound(propensities) }],
]

describe('a named loss is the composition of its parts', () => {
  test.each(composed)('%s', (_, named, ofParts) => {
    const loss = composeLoss(statistics, ofParts)
    fc.assert(
      fc.property(batches, ({ logits, labels }) => {
        const random = { logits: Float64Array.from(logits), labels: Float64Array.from(labels), batchSize: 2 }
        const [found, expected] = [evaluate(loss, random), evaluate(named, random)]
        // A dozen float64 operations in another order.
        const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(b)))
        for (const [index, element] of found.elements!.entries()) close(element, expected.elements![index]!)
        for (const [index, derivative] of found.gradient.entries()) close(derivative, expected.gradient[index]!)
      }),
      { numRuns: Number(process.env.DBLOSS_PROPERTY_RUNS ?? 25) },
    )
  })
})

/** What no named loss is made of. */
const mixtures: readonly (readonly [title: string, parts: LossParts])[] = [
  [
    're-balanced, negative-tolerant, asymmetric',
    {
      weights: parts.rebalanced({ mu: 0.3 }),
      logits: parts.negativeTolerant(),
      sides: parts.asymmetric({ margin: 0 }),
    },
  ],
  [
    'two weights, logit-adjusted Hill',
    {
      weights: [parts.rebalanced({ mu: 0.3 }), parts.inverseFrequency({ exponent: 0.5 })],
      logits: parts.logitAdjusted(),
      sides: parts.hill(),
    },
  ],
  [
    'unbiased focal with weights by class',
    {
      weights: parts.classBalanced({ beta: 0.99 }),
      logits: parts.negativeTolerant(),
      sides: parts.focal(),
      missingLabels: parts.unbiased(propensities),
    },
  ],
]

describe.each(mixtures)('%s', (_, mixture) => {
  const loss = composeLoss(statistics, mixture)
  test('has the gradient of finite differences', () => expectGradientOfFiniteDifferences(loss, batch))
  test('is finite at the extremes', () => expectFiniteAtExtremes(composeLoss(statistics, mixture)))
  test('comes back from its record, bit for bit', () => expectSameFromRecord(loss, batch))
})

test('the elements are the product of the weights and the cost', () => {
  const weights = composeLoss(statistics, { weights: parts.rebalanced({ mu: 0.3 }) })
  const both = composeLoss(statistics, {
    weights: [parts.rebalanced({ mu: 0.3 }), parts.inverseFrequency()],
    sides: parts.asymmetric(),
  })
  const [plain, weighted, asymmetric, inverse] = [
    binaryCrossEntropy(),
    weights,
    asymmetricLoss(),
    inverseFrequencyLoss(statistics),
  ].map((loss) => evaluate(loss, batch).elements!)
  for (const [index, element] of evaluate(both, batch).elements!.entries()) {
    const factor = plain![index] === 0 ? 0 : (weighted![index]! / plain![index]!) * (inverse![index]! / plain![index]!)
    expect(element).toBeCloseTo(factor * asymmetric![index]!, 10)
  }
})

describe('what cannot be put together is refused', () => {
  const refused = (ofParts: unknown) => () => composeLoss(statistics, ofParts as LossParts)
  test.each([
    [
      'weights that read labels of which some are missing',
      { missingLabels: parts.unbiased(propensities), weights: parts.rebalanced() },
      /weights has a part of kind 'rebalanced', which reads the labels/,
    ],
    [
      'the same, in a mode',
      { missingLabels: parts.unbiased(propensities), weights: [parts.classBalanced({ mode: 'min-n' })] },
      /weights has a part of kind 'class-balanced'/,
    ],
    [
      'the same, normalised',
      { missingLabels: parts.unbiased(propensities), weights: parts.normalized('batch', parts.inverseFrequency()) },
      /weights has a part of kind 'normalized'/,
    ],
    [
      'a part in another place',
      { sides: parts.rebalanced() },
      /sides is a part of kind 'rebalanced'; expected cross-entropy/,
    ],
    ['logits as weights', { weights: parts.logitAdjusted() }, /weights is a part of kind 'logit-adjusted'/],
    ['sides as logits', { logits: parts.focal() }, /logits is a part of kind 'focal'/],
    [
      'an unknown kind',
      { missingLabels: { kind: 'biased', propensities } },
      /missingLabels is a part of kind 'biased'/,
    ],
    [
      'an unknown normalisation',
      { weights: { kind: 'normalized', by: 'class', weights: [] } },
      /expected instance, batch/,
    ],
    ['a kind that every object has', { missingLabels: { kind: 'toString', propensities } }, /of kind 'toString'/],
    ['no part', { weights: null }, /weights is null; expected a part/],
    ['no part in a list', { weights: [parts.inverseFrequency(), 'focal'] }, /weights is "focal"; expected a part/],
    ['no logits', { logits: null }, /logits is null/],
    ['no labels', { missingLabels: null }, /missingLabels is null/],
    ['no propensities', { missingLabels: { kind: 'unbiased' } }, /propensities is empty/],
    ['a number out of range', { sides: parts.focal({ gamma: -1 }) }, /gamma is -1/],
    ['propensities of other classes', { missingLabels: parts.unbiased([0.5]) }, /1 propensities but .* 3 classes/],
  ])('%s', (_, ofParts, message) => expect(refused(ofParts)).toThrow(message))

  test("μ 'auto' without label sets", () => {
    const counts = statisticsFromCounts({ classCounts: [5, 4, 3], sampleCount: 20 })
    expect(() => composeLoss(counts, { weights: parts.rebalanced() })).toThrow(/mu|label sets/)
  })
})
