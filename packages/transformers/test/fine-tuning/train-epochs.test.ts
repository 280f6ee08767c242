import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EpochOptions, type Trainee, trainEpochs } from '../../src/fine-tuning/train-epochs.ts'
import { progressFrom, type TrainingProgress } from '../../src/fine-tuning/training-progress.ts'
import type { ValidationMeasures } from '../../src/fine-tuning/validation-metric.ts'

const labels = Array.from({ length: 10 }, (_, index) => [index % 3])
const samples = { sampler: 'class-aware', labels, classCount: 3, seed: 5 } as const

/** A trainee whose state is a number that every sample changes, and a store that keeps it as JSON. */
class Adder {
  sum = 1
  best: number | undefined
  steps = 0
  kept: string | undefined

  trainee(beforeStep?: (step: number) => void): Trainee {
    return {
      step: async (chosen) => {
        beforeStep?.(this.steps++)
        for (const sample of chosen) this.sum = (this.sum * 31 + sample) % 1009
        return this.sum / 7
      },
      validate: async () => this.#measures(),
      keep: async () => {
        this.best = this.sum
      },
    }
  }

  #measures(): ValidationMeasures {
    const value = (this.sum % 17) / 17
    const map = { all: value, head: Number.NaN, medium: value, tail: value }
    return { loss: value, map, f1: { micro: value, macro: value, samples: value } }
  }

  store(): NonNullable<EpochOptions['store']> {
    return {
      load: async () => {
        if (this.kept === undefined) return undefined
        const { sum, best, progress } = JSON.parse(this.kept)
        this.sum = sum
        this.best = best
        return progressFrom(progress)
      },
      save: async (progress: TrainingProgress) => {
        this.kept = JSON.stringify({ sum: this.sum, best: this.best, progress })
      },
    }
  }
}

describe('a training that is aborted between any two steps', () => {
  test('goes on to the same weights, curves and best epoch', async () => {
    const options = fc.record({
      epochs: fc.integer({ min: 1, max: 6 }),
      stepsPerEpoch: fc.integer({ min: 1, max: 5 }),
      batchSize: fc.integer({ min: 1, max: 7 }),
      earlyStopping: fc.option(fc.record({ patience: fc.integer({ min: 1, max: 4 }) }), { nil: undefined }),
    })
    const aborts = fc.array(fc.integer({ min: 0, max: 29 }), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(options, aborts, async (given, steps) => {
        const whole = new Adder()
        const expected = await trainEpochs(whole.trainee(), { ...given, samples })
        const adder = new Adder()
        const store = adder.store()
        for (const step of steps) {
          const controller = new AbortController()
          const trainee = adder.trainee((now) => now >= step && controller.abort('enough'))
          adder.steps = 0
          await trainEpochs(trainee, { ...given, samples, store, signal: controller.signal }).catch((reason) =>
            expect(reason).toBe('enough'),
          )
          // Another process: nothing but what the store has.
          adder.sum = 1
          adder.best = undefined
        }
        expect(await trainEpochs(adder.trainee(), { ...given, samples, store })).toEqual(expected)
        expect([adder.sum, adder.best]).toEqual([whole.sum, whole.best])
      }),
      { numRuns: 60 },
    )
  })

  test('saves at once, and not only at the end of an epoch', async () => {
    const adder = new Adder()
    const controller = new AbortController()
    const trainee = adder.trainee((now) => now === 2 && controller.abort('enough'))
    const running = trainEpochs(trainee, {
      ...{ epochs: 2, stepsPerEpoch: 9, batchSize: 2, samples, store: adder.store(), signal: controller.signal },
    })
    await expect(running).rejects.toBe('enough')
    expect(JSON.parse(adder.kept!).progress).toMatchObject({ step: 3, lossCurve: [] })
  })
})

test('measures without a value come back from JSON as NaN', () => {
  const progress = {
    step: 3,
    lossSum: 0.5,
    lossCurve: [1, 2],
    validationCurve: [
      {
        loss: 1,
        map: { all: 0, head: Number.NaN, medium: 1, tail: 1 },
        f1: { micro: 0, macro: 0, samples: Number.NaN },
      },
    ],
    bestEpoch: 1,
  }
  expect(progressFrom(JSON.parse(JSON.stringify(progress)))).toEqual(progress)
})
