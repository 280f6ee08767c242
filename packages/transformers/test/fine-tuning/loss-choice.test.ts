import {
  defineLoss,
  distributionBalancedLoss,
  type LossName,
  labelStatistics,
  lossRecord,
  multiply,
  namedLoss,
  namedLosses,
  ROWS,
} from '@dbloss/core'
import { expect, test } from 'vitest'
import { prepareRuns } from '../../src/fine-tuning/loss-choice.ts'

const statistics = labelStatistics([[0], [1], [0, 2], [0], []], { classCount: 3 })

test('a loss with parameters is the one that they describe, and says so in its name', () => {
  const [run] = prepareRuns([{ loss: { name: 'db', parameters: { mu: 0.3, lambda: 5 } } }], statistics)
  expect(run).toMatchObject({ name: 'db(mu=0.3, lambda=5)', lossName: 'db', sampler: 'uniform' })
  const expected = distributionBalancedLoss(statistics, { gamma: 0, mu: 0.3, lambda: 5 })
  expect(lossRecord(run!.loss)).toEqual(lossRecord(expected))
})

test.each(Object.keys(namedLosses) as LossName[])(
  '%s takes no parameters, a reduction, and its own parameters again',
  (name) => {
    const plain = namedLoss(name, statistics)
    const [same, summed] = prepareRuns(
      [{ loss: { name, parameters: plain.parameters } }, { loss: { name, parameters: { reduction: 'sum' } } }],
      statistics,
    )
    expect(lossRecord(same!.loss)).toEqual(lossRecord(plain))
    expect(lossRecord(summed!.loss)).toEqual({ ...lossRecord(plain), reduction: 'sum' })
  },
)

test('names of runs are distinct', () => {
  const choices = [
    { loss: 'db' as const },
    { loss: 'db' as const, sampler: 'class-aware' as const },
    { loss: 'db' as const },
    { loss: () => namedLoss('bce', statistics) },
  ]
  expect(prepareRuns(choices, statistics).map(({ name }) => name)).toEqual([
    'db',
    'db/class-aware',
    'db (2)',
    'binary-cross-entropy',
  ])
})

test('a parameter that the loss does not have is refused with those that it has', () => {
  const choice = { loss: { name: 'bce' as const, parameters: { mu: 1 } } }
  expect(() => prepareRuns([choice], statistics)).toThrow(
    /binary-cross-entropy has no parameter mu; expected .*reduction/,
  )
})

test('a loss whose inputs are data of the user is refused with the way out, the second one too', () => {
  const weighted = defineLoss({
    name: 'weighted',
    inputs: { weights: ROWS },
    formula: ({ logits, inputs }) => multiply(logits, inputs.weights!),
  })
  expect(() => prepareRuns([{ loss: 'bce' }, { loss: () => weighted }], statistics)).toThrow(
    /weighted needs the inputs weights with each batch; give them to the steps of createHeadTrainer/,
  )
})
