import { describe, expect, test } from 'vitest'
import {
  createRandom,
  gatherClasses,
  type NegativeWeighting,
  negativeClassSampler,
  sampledLogisticLoss,
  sampledSoftmaxLoss,
} from '../../../src/index.ts'
import { lossValue } from '../loss-value.ts'
import { logisticByLoop, softmaxByLoop } from './reference.ts'

const classCount = 12
const negatives = 6
const draws = 2000
const counts = Array.from({ length: classCount }, (_, index) => 2 ** (6 - index / 2))
const total = counts.reduce((sum, count) => sum + count, 0)
const priors = counts.map((count) => count / total)
const random = createRandom(11)
const logits = Array.from({ length: classCount }, () => 4 * random.next() - 2)
/** One row with two positives for the decoupled form, one for the sum inside of the logarithm. */
const rows = { logistic: [2, 7], softmax: [7] }

interface Mean {
  readonly mean: number
  /** Of the mean. */
  readonly standardError: number
}

/** The mean of a function of the sampled loss of a row over many draws. */
function meanOverDraws(
  form: 'logistic' | 'softmax',
  {
    weighting,
    tau,
    of = (value) => value,
  }: { weighting: NegativeWeighting; tau: number; of?: (value: number) => number },
): Mean {
  const sampler = negativeClassSampler({
    classCount,
    negatives,
    distribution: { counts, power: 0.5 },
    weighting,
    priors,
    seed: 3,
  })
  const loss = form === 'logistic' ? sampledLogisticLoss({ tau }) : sampledSoftmaxLoss({ tau })
  const values = Array.from({ length: draws }, () => {
    const { classes, labels, batchSize, inputs } = sampler.sample([rows[form]])
    return of(lossValue(loss, { logits: gatherClasses(logits, classes), labels, batchSize, inputs }))
  })
  const mean = values.reduce((sum, value) => sum + value, 0) / draws
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1)
  return { mean, standardError: Math.sqrt(variance / draws) }
}

/** The loss of all classes with weights in place of the drawn ones. */
function fullLoss(form: 'logistic' | 'softmax', negativeWeights: readonly number[], tau: number): number {
  const labels = [logits.map((_, index) => (rows[form].includes(index) ? 1 : 0))]
  const batch = { logits: [logits], labels, negativeWeights, priors }
  return form === 'logistic' ? logisticByLoop(batch, tau) : softmaxByLoop(batch, tau)
}

/** Within four standard errors: fails by chance once in 16,000 seeds, and the seed is fixed. */
function expectMean({ mean, standardError }: Mean, expected: number): void {
  expect(Math.abs(mean - expected)).toBeLessThan(4 * standardError)
  // The interval is narrow enough to tell the weights apart.
  expect(standardError).toBeLessThan(0.03 * expected)
}

const squareRoots = counts.map(Math.sqrt)
const q = squareRoots.map((root) => root / squareRoots.reduce((sum, each) => sum + each, 0))
/** ρ = m q w. */
const implicit: Readonly<Record<NegativeWeighting, readonly number[]>> = {
  importance: q.map(() => 1),
  constant: q.map((probability) => negatives * probability),
}

describe.each(['importance', 'constant'] as const)('with %s weights', (weighting) => {
  test.each([0, 1])('the decoupled loss has that of all classes with ρ = m q w as its mean, τ %d', (tau) => {
    expectMean(meanOverDraws('logistic', { weighting, tau }), fullLoss('logistic', implicit[weighting], tau))
  })

  test.each([0, 1])('so has the sum inside of the logarithm of the softmax, τ %d', (tau) => {
    const inside = meanOverDraws('softmax', { weighting, tau, of: Math.expm1 })
    expectMean(inside, Math.expm1(fullLoss('softmax', implicit[weighting], tau)))
  })
})

test('the weights are told apart: constant ones are far from the sum over all classes', () => {
  const { mean, standardError } = meanOverDraws('logistic', { weighting: 'constant', tau: 0 })
  expect(Math.abs(mean - fullLoss('logistic', implicit.importance, 0))).toBeGreaterThan(20 * standardError)
})

test('the sampled softmax itself is biased downwards, as the logarithm is concave', () => {
  const { mean, standardError } = meanOverDraws('softmax', { weighting: 'importance', tau: 0 })
  expect(mean + 4 * standardError).toBeLessThan(fullLoss('softmax', implicit.importance, 0))
})
