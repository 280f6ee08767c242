import { binaryCrossEntropy, createRandom } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import { findLearningRate, suggestedRate } from '../../src/fine-tuning/learning-rate-finder.ts'
import { transformersRuntime } from '../../src/runtime.ts'
import { trainHead } from '../../src/train-head.ts'
import { setUp } from './support/set-up.ts'

const random = createRandom(1)
const labels = Array.from({ length: 64 }, (_, index) => [index % 2, ...(index % 3 === 0 ? [2] : [])])
const features = Float32Array.from({ length: 64 * 5 }, (_, place) => {
  const [sample, feature] = [Math.floor(place / 5), place % 5]
  return random.next() + (labels[sample]!.includes(feature) ? 2 : 0)
})
const samples = { features, labels, classCount: 3, loss: binaryCrossEntropy(), sampler: 'uniform', seed: 2 } as const

describe('the range test', () => {
  test('rises from 1e-5 by the same factor, begins at the loss of a head of zeros, and finds a rate that learns', async () => {
    const ort = await transformersRuntime()
    const { learningRate, trials } = await findLearningRate({ ort, ...samples })
    // log 2 is the cross-entropy of logits 0.
    expect(trials[0]!.loss).toBeCloseTo(Math.LN2, 6)
    trials.forEach((trial, index) => {
      expect(trial.learningRate / (1e-5 * 10 ** (index / 12))).toBeCloseTo(1, 9)
    })
    expect(learningRate).toBe(suggestedRate(trials))
    const lossAt = async (rate: number) => {
      const { lossCurve } = await trainHead({ ort, ...samples, learningRate: rate, epochs: 30 })
      return lossCurve.at(-1)!
    }
    expect(await lossAt(learningRate)).toBeLessThan(await lossAt(learningRate / 30))
  })

  test('ends where the loss explodes', async () => {
    const ort = await transformersRuntime()
    // Features that say nothing of the labels, and so large that logits run away long before the last trial.
    const noise = Float32Array.from(features, () => 1e4 * (random.next() - 0.5))
    const { trials, learningRate } = await findLearningRate({
      ...{ ort, ...samples, features: noise },
      featureScaling: 'none',
    })
    expect(trials.length).toBeLessThan(61)
    expect(learningRate).toBeLessThan(0.01)
  })

  test('suggests a third of the rate with the least loss, the highest of equals, at least 1e-5', () => {
    const trial = (learningRate: number, loss: number) => ({ learningRate, loss })
    expect(suggestedRate([trial(1e-3, 3), trial(1e-2, 1), trial(1e-1, 1), trial(1, 2)])).toBeCloseTo(1e-1 / 3, 12)
    expect(suggestedRate([trial(1e-5, 1), trial(1e-4, 2)])).toBe(1e-5)
  })
})

test('fineTune trains each run at the rate that it finds, as if it had been given', async () => {
  const { output: _, ...options } = await setUp()
  const found = await fineTune({ ...options, learningRate: 'find', compare: [{ loss: 'bce' }] })
  for (const { learningRate, learningRateTrials } of found.runs) {
    expect(learningRate).toBe(suggestedRate(learningRateTrials!))
  }
  const given = await fineTune({ ...options, learningRate: found.runs[0]!.learningRate })
  expect(given.runs[0]!.head).toEqual(found.runs[0]!.head)
  expect(given.runs[0]).not.toHaveProperty('learningRateTrials')
})
