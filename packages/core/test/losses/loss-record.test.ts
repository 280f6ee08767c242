import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  defineLoss,
  distributionBalancedLoss,
  evaluate,
  fromReleasedConfig,
  type Loss,
  labelStatistics,
  lossRecord,
  multiply,
  restoreLoss,
} from '../../src/index.ts'
import { allLosses } from './all-losses.ts'

const statistics = labelStatistics(
  Array.from({ length: 40 }, (_, index) => [0, 1, 2].filter((label) => index % (label * 4 + 2) === 0)),
  { classNames: ['a', 'b', 'c'] },
)
const batch = {
  logits: Float64Array.of(0.5, -1, 2, -0.3, 1.2, 0.1),
  labels: Float64Array.of(1, 0, 1, 0, 0.5, -1),
  batchSize: 2,
}
const throughJson = (loss: Loss): Loss => restoreLoss(JSON.parse(JSON.stringify(lossRecord(loss))))

describe('a record through JSON gives the same loss, bit for bit', () => {
  test.each(allLosses)('$title', ({ create }) => {
    const loss = create(statistics, { reduction: 'sum', hardLabels: true })
    const again = throughJson(loss)
    expect(again).toMatchObject({ name: loss.name, reduction: 'sum', parameters: loss.parameters })
    expect(evaluate(again, batch)).toEqual(evaluate(loss, batch))
  })
  test.each([
    ["μ 'auto', which was found from the label sets", distributionBalancedLoss(statistics)],
    ['weights as typed arrays', binaryCrossEntropy({ classWeights: Float32Array.of(1, 2, 0.5) as never })],
    [
      'a released configuration',
      fromReleasedConfig({ reweight_func: 'rebalance', map_param: { alpha: 0.1, beta: 10, gamma: 0.2 } }, statistics),
    ],
  ])('%s', (_, loss) => expect(evaluate(throughJson(loss), batch)).toEqual(evaluate(loss, batch)))
  test('keeps the class names, and leaves the label sets out', () => {
    const { statistics: kept } = lossRecord(distributionBalancedLoss(statistics))
    expect(kept).toEqual({ ...statistics, labelSets: undefined })
    expect(statistics.labelSets).toBeDefined()
  })
})

describe("losses of one's own", () => {
  const scaled = (factor: number) =>
    defineLoss({ name: 'scaled', parameters: { factor }, formula: ({ logits }) => multiply(factor, logits) })
  test('come back through a factory', () => {
    const again = restoreLoss(lossRecord(scaled(3)), {
      scaled: ({ parameters }) => scaled(parameters.factor as number),
    })
    expect(evaluate(again, batch)).toEqual(evaluate(scaled(3), batch))
  })
  test('are refused without one', () => {
    expect(() => restoreLoss(lossRecord(scaled(3)))).toThrow("no way to make the loss 'scaled' again; pass a factory")
  })
  test('and a record that lost its statistics', () => {
    const { statistics: _, ...record } = lossRecord(distributionBalancedLoss(statistics))
    expect(() => restoreLoss(record)).toThrow("the record of 'distribution-balanced' holds no statistics")
  })
})
