import {
  averagePrecision,
  binaryCrossEntropy,
  classAwareSampler,
  createRandom,
  defineLoss,
  distributionBalancedLoss,
  ELEMENTS,
  type Loss,
  labelStatistics,
  multiply,
  uniformSampler,
} from '@dbloss/core'
import { adamW, createHeadTrainer, warmupCosine } from '@dbloss/onnx-training'
import { compileKernel } from '@dbloss/wasm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { droppingLoss, remindingLoss } from '../../../../test-support/sourced-losses.ts'
import {
  foldStandardization,
  measureScaling,
  measureStandardization,
  standardize,
} from '../../src/features/feature-scaling.ts'
import { applyHead } from '../../src/linear-head.ts'
import { transformersRuntime } from '../../src/runtime.ts'
import { trainHead } from '../../src/train-head.ts'
import type { SamplerName } from '../../src/training-settings.ts'
import { numbers } from '../support/models.ts'

const classCount = 3
const featureCount = 6

/** Samples that a linear head separates: feature i is high where class i is present. */
function separable(sampleCount: number, seed: number) {
  const random = createRandom(seed)
  const labels = Array.from({ length: sampleCount }, (_, index) =>
    [0, 1, 2].filter((label) => (label === 0 ? index % 4 !== 3 : index % (5 * label) === 0)),
  )
  const features = Float32Array.from({ length: sampleCount * featureCount }, (_, place) => {
    const [sample, feature] = [Math.floor(place / featureCount), place % featureCount]
    return 1 + random.next() + (labels[sample]!.includes(feature) ? 4 : 0)
  })
  return { features, labels, classCount }
}

describe('scaling', () => {
  const matrix = fc
    .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 5 }), fc.nat())
    .map(([rows, columns, seed]) => ({ columns, features: numbers(rows * columns, seed).map((x, i) => x + (i % 3)) }))

  test('standardised features have mean 0 and deviation 1', () => {
    fc.assert(
      fc.property(matrix, ({ features, columns }) => {
        const scaled = standardize(features, measureStandardization(features, columns))
        const rows = features.length / columns
        for (let column = 0; column < columns; column++) {
          const values = Array.from({ length: rows }, (_, row) => scaled[row * columns + column]!)
          const mean = values.reduce((sum, value) => sum + value, 0) / rows
          const square = values.reduce((sum, value) => sum + value * value, 0) / rows
          // Features are of size 3 and deviations rarely below 1e-2: float32 rounding, divided by the deviation.
          expect(Math.abs(mean)).toBeLessThan(1e-3)
          expect(Math.abs(square - 1)).toBeLessThan(1e-3)
        }
      }),
    )
  })

  test('features scaled by their root mean square have mean square 1, and zero stays zero', () => {
    fc.assert(
      fc.property(matrix, ({ features, columns }) => {
        const scaled = standardize(features, measureScaling('rms', features, columns))
        const meanSquare = scaled.reduce((sum, value) => sum + value * value, 0) / scaled.length
        expect(meanSquare).toBeCloseTo(1, 5)
        expect(standardize(new Float32Array(columns), measureScaling('rms', features, columns))).toEqual(
          new Float32Array(columns),
        )
      }),
    )
  })

  test('a folded head gives the logits of the head on scaled features', () => {
    fc.assert(
      fc.property(matrix, fc.nat(), ({ features, columns }, seed) => {
        const scaling = measureStandardization(features, columns)
        const head = { weights: numbers(columns * 2, seed), bias: numbers(2, seed + 1), classCount: 2 }
        const expected = applyHead(head, standardize(features, scaling))
        const actual = applyHead(foldStandardization(head, scaling), features)
        const largest = Math.max(
          ...Array.from(scaling.mean, (mean, index) => Math.abs(mean * scaling.scale[index]!)),
          1,
        )
        // Folded weights and biases are rounded to float32 and cancel: relative to the largest term.
        for (const [index, value] of expected.entries()) {
          expect(Math.abs(actual[index]! - value)).toBeLessThan(columns * largest * 2e-6)
        }
      }),
    )
  })

  test('a feature that does not vary is not used', () => {
    const features = Float32Array.of(1, 7, 2, 7, 3, 7)
    expect(measureStandardization(features, 2).scale[1]).toBe(0)
    expect([...standardize(features, measureStandardization(features, 2))].every(Number.isFinite)).toBe(true)
    expect(measureScaling('rms', new Float32Array(4), 2).scale).toEqual(Float64Array.of(1, 1))
  })
})

describe('training', () => {
  test.each(['uniform', 'class-aware'] as const)('separates what can be separated, sampler %s', async (sampler) => {
    const data = separable(60, 1)
    for (const featureScaling of ['standardize', 'rms', 'none'] as const) {
      const loss = distributionBalancedLoss(labelStatistics(data.labels), { gamma: 0, mu: 0.5 })
      const ort = await transformersRuntime()
      const options = { ort, ...data, loss, sampler, featureScaling, epochs: 120, batchSize: 16, learningRate: 0.05 }
      const { head, lossCurve } = await trainHead(options)
      expect(lossCurve).toHaveLength(120)
      expect(lossCurve.at(-1)!).toBeLessThan(0.5 * lossCurve[0]!)
      const logits = applyHead(head, data.features)
      for (let label = 0; label < classCount; label++) {
        const scores = data.labels.map((_, index) => logits[index * classCount + label]!)
        const isPositive = data.labels.map((row) => Number(row.includes(label)))
        expect(averagePrecision(isPositive, scores)).toBeGreaterThan(0.95)
      }
    }
  })

  test('the same seed gives the same head, another seed another', async () => {
    const data = separable(40, 2)
    const train = async (seed: number) => {
      const ort = await transformersRuntime()
      return (await trainHead({ ort, ...data, loss: binaryCrossEntropy(), epochs: 3, batchSize: 8, seed })).head
    }
    expect(await train(1)).toEqual(await train(1))
    expect((await train(1)).weights).not.toEqual((await train(2)).weights)
  })

  const loops: [SamplerName, string, Loss][] = [
    ['uniform', 'binary cross-entropy', binaryCrossEntropy()],
    ['class-aware', 'binary cross-entropy', binaryCrossEntropy()],
    ['uniform', 'a loss with random numbers', droppingLoss()],
    ['class-aware', 'a loss with running statistics', remindingLoss()],
  ]
  test.each(loops)('is the plain loop of steps, bit for bit, sampler %s, %s', async (sampler, _, loss) => {
    const data = separable(50, 8)
    const ort = await transformersRuntime()
    const [epochs, batchSize, seed, epochSteps] = [3, 16, 4, 4]
    const { head, lossCurve } = await trainHead({ ort, ...data, loss, sampler, epochs, batchSize, seed })

    const scaling = measureScaling('rms', data.features, featureCount)
    const scaled = standardize(data.features, scaling)
    const trainer = await createHeadTrainer({
      ...{ ort, loss, seed, featureCount, classCount, optimizer: adamW({ learningRate: 3e-3, weightDecay: 1e-2 }) },
      schedule: warmupCosine({ base: 3e-3, totalSteps: 12, warmupSteps: 1 }),
      kernel: compileKernel(loss, { classCount, labels: 'hard' }),
    })
    const { labels } = data
    const order =
      sampler === 'uniform' ? uniformSampler({ sampleCount: 50, seed }) : classAwareSampler({ labels, seed })
    const shown: number[] = []
    while (shown.length < epochs * epochSteps * batchSize) shown.push(...order)
    const losses: number[] = []
    for (let step = 0; step < epochs * epochSteps; step++) {
      const chosen = shown.slice(step * batchSize, (step + 1) * batchSize)
      const rows = chosen.flatMap((sample) => [...scaled.subarray(sample * featureCount, (sample + 1) * featureCount)])
      const targets = chosen.flatMap((sample) => [0, 1, 2].map((index) => Number(labels[sample]!.includes(index))))
      const batch = { features: Float32Array.from(rows), labels: Float32Array.from(targets), batchSize }
      losses.push((await trainer.step(batch)).loss)
    }
    const { weights, bias } = trainer.read()
    await trainer.dispose()
    const plain = { weights: Float32Array.from(weights), bias: Float32Array.from(bias), classCount }
    expect(head).toEqual(foldStandardization(plain, scaling))
    const means = [0, 1, 2].map((epoch) => losses.slice(4 * epoch, 4 * epoch + 4).reduce((sum, x) => sum + x, 0) / 4)
    expect(lossCurve).toEqual(means)
  })

  test('both samplers make equally many steps', async () => {
    const data = separable(50, 3)
    const ort = await transformersRuntime()
    const learningRates = async (sampler: SamplerName) => {
      let steps = 0
      const counting = {
        Tensor: ort.Tensor,
        InferenceSession: {
          create: async (...args: Parameters<typeof ort.InferenceSession.create>) => {
            const session = await ort.InferenceSession.create(...args)
            return {
              inputNames: session.inputNames,
              outputNames: session.outputNames,
              run: (feeds: Parameters<typeof session.run>[0]) => {
                // The other run of a step is that of the head alone.
                if ('dLogits' in feeds) steps++
                return session.run(feeds)
              },
            }
          },
        },
      }
      await trainHead({ ort: counting, ...data, loss: binaryCrossEntropy(), epochs: 4, batchSize: 16, sampler })
      return steps
    }
    // ⌈50 / 16⌉ steps an epoch.
    expect(await learningRates('uniform')).toBe(16)
    expect(await learningRates('class-aware')).toBe(16)
  })

  test('a batch is never larger than the data', async () => {
    const ort = await transformersRuntime()
    const epochs: number[] = []
    const onEpoch = (epoch: number) => epochs.push(epoch)
    await trainHead({ ort, ...separable(10, 4), loss: binaryCrossEntropy(), epochs: 2, onEpoch })
    expect(epochs).toEqual([1, 2])
  })

  test('stops when the signal is aborted', async () => {
    const ort = await transformersRuntime()
    const controller = new AbortController()
    const reason = new Error('enough')
    const onEpoch = (epoch: number) => epoch === 2 && controller.abort(reason)
    const { signal } = controller
    const run = trainHead({ ort, ...separable(10, 5), loss: binaryCrossEntropy(), epochs: 9, signal, onEpoch })
    await expect(run).rejects.toBe(reason)
  })

  const masked = defineLoss({
    name: 'masked',
    inputs: { mask: ELEMENTS },
    formula: ({ logits, inputs }) => multiply(logits, inputs.mask!),
  })
  const bad: [name: string, options: object, message: string][] = [
    ['epochs', { epochs: 0 }, 'epochs is 0; expected an integer at least 1'],
    ['batch size', { batchSize: 1.5 }, 'batchSize is 1.5; expected an integer at least 1'],
    ['learning rate', { learningRate: 0 }, 'learningRate is 0; expected a number above 0'],
    ['weight decay', { weightDecay: -1 }, 'weightDecay is -1; expected a number at least 0'],
    ['seed', { seed: -1 }, 'seed is -1; expected an integer at least 0'],
    ['sampler', { sampler: 'random' }, 'sampler is random; expected uniform or class-aware'],
    ['scaling', { featureScaling: 'max' }, 'featureScaling is max; expected one of rms, standardize, none'],
    ['features', { features: new Float32Array(7) }, 'features has 7 values for 10 samples'],
    [
      'loss, one whose inputs are data',
      { loss: masked },
      'masked needs the inputs mask with each batch; give them to the steps of createHeadTrainer',
    ],
    [
      'loss',
      { loss: distributionBalancedLoss(labelStatistics([[0], [1]]), { mu: 0.3 }) },
      'classCount is 3 but the loss describes 2',
    ],
  ]
  test.each(bad)('refuses a wrong %s', async (_, options, message) => {
    const ort = await transformersRuntime()
    await expect(trainHead({ ort, ...separable(10, 6), loss: binaryCrossEntropy(), ...options })).rejects.toMatchObject(
      {
        name: 'DblossError',
        message: expect.stringContaining(message),
      },
    )
  })
})
