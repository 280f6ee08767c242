import { describe, expect, test } from 'vitest'
import {
  add,
  binaryCrossEntropy,
  classBalancedLoss,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  focalLoss,
  type Loss,
  multiply,
  negate,
  ROWS,
  softplus,
  statisticsFromCounts,
  subtract,
} from '../../src/index.ts'

const run = (loss: Loss, logits: number[][], labels: number[][], inputs?: Record<string, Float64Array>) =>
  evaluate(loss, {
    logits: Float64Array.from(logits.flat()),
    labels: Float64Array.from(labels.flat()),
    batchSize: logits.length,
    ...(inputs === undefined ? {} : { inputs }),
  })

describe('Distribution-Balanced loss, values computed independently of this project', () => {
  const statistics = statisticsFromCounts({ classCounts: [900, 40, 7, 300, 120], sampleCount: 1000 })
  const options = { alpha: 0.1, beta: 10, mu: 0.2, lambda: 2, kappa: 0.05, gamma: 2, balance: 2 }
  const logits = [
    [0.5, -1, 2, 0, -3],
    [-0.2, 1.5, -0.7, 0.3, 0.1],
    [2, -2, 0.4, -0.6, 1.2],
  ]
  const labels = [
    [1, 0, 1, 0, 0],
    [0, 1, 0, 1, 0],
    [0, 0, 0, 0, 0],
  ]
  test.each([
    ['released', 0.493809959303],
    ['paper', 0.48414958375],
  ] as const)('variant %s', (variant, expected) => {
    const { value } = run(distributionBalancedLoss(statistics, { ...options, variant }), logits, labels)
    expect(Math.abs(value - expected)).toBeLessThan(1e-11)
  })
})

describe('open-mmlab/mmpretrain@0979e78, tests/test_models/test_losses.py', () => {
  const focalLogits = [
    [5, -5, 0],
    [5, -5, 0],
  ]
  const focalLabels = [
    [1, 0, 1],
    [0, 1, 0],
  ]
  test('sigmoid focal, α 0.25', () => {
    const loss = focalLoss({ gamma: 2, balance: { positive: 0.25, negative: 0.75 } })
    expect(run(loss, focalLogits, focalLabels).value).toBeCloseTo(0.8522, 4)
  })

  const logits = [
    [-200, 100],
    [500, -1000],
    [300, -300],
  ]
  const labels = [
    [1, 0],
    [0, 1],
    [1, 0],
  ]
  test('binary cross-entropy at large logits', () => {
    expect(run(binaryCrossEntropy(), logits, labels).value).toBeCloseTo(300, 8)
  })
  test('class weights', () => {
    expect(run(binaryCrossEntropy({ classWeights: [0.1, 0.9] }), logits, labels).value).toBeCloseTo(176.667, 3)
  })
  test('positive weights', () => {
    expect(run(binaryCrossEntropy({ positiveWeights: [0.1, 0.2] }), logits, labels).value).toBeCloseTo(136.6667, 4)
  })
  test('sample weights, as a named input of a defined loss', () => {
    const weighted = defineLoss({
      name: 'weighted-bce',
      inputs: { sampleWeights: ROWS },
      formula: ({ logits: z, labels: y, inputs }) =>
        multiply(inputs.sampleWeights!, add(multiply(y, softplus(negate(z))), multiply(subtract(1, y), softplus(z)))),
    })
    const sampleWeights = Float64Array.of(0.6, 0.4, 0.5)
    expect(run(weighted, logits, labels, { sampleWeights }).value).toBeCloseTo(130, 8)
  })
})

describe('keras-team/keras, losses_test.py, BinaryFocalCrossentropyTest', () => {
  test('from probabilities, γ 2', () => {
    const logit = (p: number) => Math.log(p / (1 - p))
    const { elements } = run(
      focalLoss({ gamma: 2, balance: 1 }),
      [
        [logit(0.9), logit(0.8)],
        [logit(0.7), logit(0.2)],
      ],
      [
        [1, 0],
        [1, 0],
      ],
    )
    expect((elements![0]! + elements![1]!) / 2).toBeCloseTo(0.515547, 5)
    expect((elements![2]! + elements![3]!) / 2).toBeCloseTo(0.020513, 5)
  })
  test('from logits, γ 3', () => {
    const { value } = run(
      focalLoss({ gamma: 3, balance: 1 }),
      [
        [1.5, -2.7, 2.9],
        [-3.8, 1.2, -4.5],
      ],
      [
        [1, 1, 0],
        [0, 1, 0],
      ],
    )
    expect(value).toBeCloseTo(0.799, 3)
  })
})

describe('fcakyon/balanced-loss@36b23be, tests/test_losses.py (stated there with a tolerance of 0.01)', () => {
  const logits = [
    [0.78, 0.1, 0.05],
    [0.78, 0.83, 0.05],
  ]
  const labels = [
    [1, 0, 0],
    [0, 0, 1],
  ]
  test('binary cross-entropy', () => {
    expect(Math.abs(run(binaryCrossEntropy(), logits, labels).value - 0.8)).toBeLessThan(0.01)
  })
  test('focal, summed over elements and divided by the number of labels', () => {
    const { value } = run(focalLoss({ gamma: 2, balance: 1, reduction: 'sum' }), logits, labels)
    expect(Math.abs(value / 2 - 0.85)).toBeLessThan(0.01)
  })
  test('class-balanced binary cross-entropy, weights normalised to the number of classes', () => {
    const counts = [30, 100, 25]
    const weights = counts.map((count) => (1 - 0.999) / (1 - 0.999 ** count))
    const normalization = 3 / weights.reduce((sum, weight) => sum + weight)
    const loss = classBalancedLoss(statisticsFromCounts({ classCounts: counts, sampleCount: 155 }), {
      beta: 0.999,
      mode: 'average-w',
      gamma: 0,
    })
    expect(Math.abs(run(loss, logits, labels).value * normalization - 1.08)).toBeLessThan(0.01)
  })
})

describe('kornia/kornia@0004e8b, kornia/losses/focal.py docstring', () => {
  test('binary focal, the exact value without the epsilon inside the logarithm', () => {
    const { value } = run(
      focalLoss({ gamma: 2, balance: { positive: 0.25, negative: 0.75 } }),
      [[6.325, 5.26, 87.49]],
      [[1, 1, 0]],
    )
    expect(value).toBeCloseTo(21.8725, 4)
  })
})

describe('kozistr/pytorch_optimizer@7dfa938, tests/test_loss_functions.py test_focal_loss', () => {
  test('logits −1 to 0.8, α 1, γ 2', () => {
    const logits = Array.from({ length: 10 }, (_, index) => -1 + 0.2 * index)
    const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    expect(run(focalLoss({ gamma: 2, balance: 1 }), [logits], [labels]).value).toBeCloseTo(0.07848126, 7)
  })
})
