import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  evaluate,
  fitTemperature,
  labelStatistics,
  longTailMetrics,
  statisticsFromCounts,
  tuneThresholds,
} from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { droppingLoss } from '../../../../test-support/sourced-losses.ts'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import type { EpochReport } from '../../src/fine-tuning/options.ts'
import type { FineTuneRun } from '../../src/fine-tuning/result.ts'
import { labelMatrix } from '../../src/fine-tuning/sample-stream.ts'
import { createValidator } from '../../src/fine-tuning/validation.ts'
import { goodness, validationMetrics } from '../../src/fine-tuning/validation-metric.ts'
import type { Predictions } from '../../src/predictions/predictions.ts'
import { readPredictions } from '../../src/predictions/read-predictions.ts'
import { transformersRuntime } from '../../src/runtime.ts'
import { type FolderOptions, setUp } from './support/set-up.ts'

/** The labels and logits of a run, from the predictions file alone. */
function samplesOf({ scored, classNames }: Predictions, split: 'validation' | 'test', run: string) {
  const pictures = scored.filter((picture) => picture.split === split)
  return {
    labels: pictures.map(({ labels }) => labels),
    scores: {
      data: Float32Array.from(pictures.flatMap(({ logits }) => Array.from(logits[run]!))),
      classCount: classNames.length,
    },
  }
}

function statisticsOf({ classCounts, sampleCount, classNames }: Predictions) {
  return statisticsFromCounts({ classCounts, sampleCount, classNames })
}

async function predictionsOf({ output }: FolderOptions): Promise<Predictions> {
  return readPredictions(join(output, 'predictions.jsonl'))
}

describe('the predictions file', () => {
  test('has the labels of all images, and logits from which every number of the result follows', async () => {
    const options = await setUp()
    const compare = [{ loss: 'db', sampler: 'class-aware' }] as const
    const { runs, statistics, ...result } = await fineTune({ ...options, loss: 'bce', compare })
    expect(result).toMatchObject({ evaluatedOn: 'test', validatedOn: 'validation', validationCount: 12 })
    const predictions = await predictionsOf(options)
    expect(predictions.training).toHaveLength(36)
    expect(predictions.training[1]).toEqual({ file: 'train/1.jpg', split: 'train', labels: [1] })
    expect(predictions).toMatchObject({
      classCounts: Array.from(statistics.classCounts),
      runs: [{ name: 'bce' }, { name: 'db/class-aware' }],
    })
    for (const [index, { name, metrics, validation, tuned, training }] of runs.entries()) {
      const [onTest, onValidation] = (['test', 'validation'] as const).map((split) =>
        samplesOf(predictions, split, name),
      )
      const measured = { ...onTest!, statistics: statisticsOf(predictions) }
      expect(longTailMetrics(measured)).toEqual(metrics)
      expect(longTailMetrics({ ...onValidation!, statistics: measured.statistics })).toEqual(validation)
      const { thresholds } = tuneThresholds(onValidation!)
      expect(tuned!.thresholds).toEqual(thresholds)
      expect(tuned!.metrics).toEqual(longTailMetrics({ ...measured, thresholds }))
      const { temperatures, boundedClasses } = fitTemperature(onValidation!)
      expect(tuned!.temperature).toBe(boundedClasses.length > 0 ? undefined : temperatures[0])
      expect(predictions.runs[index]).toMatchObject({
        thresholds,
        validationCurve: training.head.validationCurve.map(({ map }) => map.all),
      })
      expect(training.head.validationCurve.at(-1)!.map).toEqual(validation!.map)
    }
  })
})

describe('validation images', () => {
  test('come from training by a share, each class keeping an image, and may be none', async () => {
    const options = await setUp({ withValidation: false })
    const held = await fineTune({ ...options, epochs: 1 })
    expect(held).toMatchObject({ validatedOn: 'held-out', evaluatedOn: 'test', statistics: { sampleCount: 32 } })
    expect(held.validationCount).toBe(4)
    const predictions = await predictionsOf(options)
    const files = [...predictions.training, ...predictions.scored].map(({ file }) => file)
    expect(new Set(files).size).toBe(48)
    const third = await fineTune({ ...options, overwrite: true, epochs: 1, validation: 1 / 3 })
    expect(third).toMatchObject({ validationCount: 12, statistics: { sampleCount: 24 } })
    const none = await fineTune({ ...options, overwrite: true, epochs: 1, validation: 0 })
    expect(none).toMatchObject({ validatedOn: 'none', validationCount: 0, statistics: { sampleCount: 36 } })
    expect(none.runs[0]).not.toHaveProperty('tuned')
    expect(none.runs[0]!.training.head.validationCurve).toEqual([])
  })

  test('are the evaluation images where the data has no others, unless a share keeps them apart', async () => {
    const options = await setUp()
    rmSync(join(options.data, 'test'), { recursive: true })
    const same = await fineTune({ ...options, epochs: 1 })
    expect(same).toMatchObject({ evaluatedOn: 'validation', validatedOn: 'validation', validationCount: 12 })
    expect(same.runs[0]!.validation).toEqual(same.runs[0]!.metrics)
    const { scored } = await predictionsOf(options)
    expect(scored.map(({ split }) => split)).toEqual(Array.from({ length: 12 }, () => 'validation'))
    const apart = await fineTune({ ...options, overwrite: true, epochs: 1, validation: 0.25 })
    expect(apart).toMatchObject({ evaluatedOn: 'validation', validatedOn: 'held-out', validationCount: 9 })
    const splits = (await predictionsOf(options)).scored.map(({ split }) => split)
    expect(splits.filter((split) => split === 'test')).toHaveLength(12)
  })

  test('that would empty a class are left out, and a note says so', async () => {
    const options = await setUp({ withValidation: false })
    const data = {
      classNames: ['a', 'b'],
      splits: {
        train: [0, 1].map((index) => ({ path: join(options.data, `train/${index}.jpg`), labels: [index] })),
        test: [{ path: join(options.data, 'test/0.jpg'), labels: [0] }],
      },
      withoutMetadata: [],
    }
    const { notes, validatedOn } = await fineTune({ ...options, data, epochs: 1 })
    expect(validatedOn).toBe('none')
    expect(notes).toEqual([
      expect.stringMatching(/^there are no validation images: none of the 2 images can be held out/),
    ])
    await expect(fineTune({ ...options, data, validation: 0.3, overwrite: true })).rejects.toMatchObject({
      code: 'data',
    })
  })

  test.each([
    [{ validation: 1 }, /validation is 1; expected/],
    [{ validation: -0.1 }, /validation is -0.1; expected/],
    [{ validation: 0.2 }, /the data has a validation split already/],
  ])('of the options %j are refused', async (change, message) => {
    await expect(fineTune({ ...(await setUp()), ...change })).rejects.toThrow(message)
  })
})

describe('early stopping', () => {
  /** The measures of the model that was kept, from the predictions file. */
  async function keptMeasures(options: FolderOptions, { name }: FineTuneRun) {
    const predictions = await predictionsOf(options)
    return longTailMetrics({ ...samplesOf(predictions, 'validation', name), statistics: statisticsOf(predictions) })
  }

  test('keeps the first of the best epochs, and the saved model is that of this epoch', async () => {
    const options = await setUp()
    // So fast that epochs get worse again.
    const fast = { ...options, learningRate: 1, epochs: 15 }
    const { runs } = await fineTune({ ...fast, earlyStopping: { metric: 'map' } })
    const { validationCurve, keptEpoch, lossCurve } = runs[0]!.training.head
    const precisions = validationCurve.map(({ map }) => map.all)
    expect(lossCurve).toHaveLength(15)
    expect(keptEpoch).toBe(1 + precisions.indexOf(Math.max(...precisions)))
    expect(keptEpoch).toBeLessThan(15)
    expect((await keptMeasures(options, runs[0]!)).map.all).toBe(precisions[keptEpoch - 1])

    const last = await fineTune({ ...fast, overwrite: true })
    expect(last.runs[0]!.training.head).toEqual({ lossCurve, validationCurve, keptEpoch: 15 })
    expect((await keptMeasures(options, last.runs[0]!)).map.all).toBe(precisions.at(-1))
  })

  test('ends after so many epochs without a new best', async () => {
    const options = await setUp()
    const fast = { ...options, learningRate: 1, epochs: 30 }
    const reports: EpochReport[] = []
    const onEpoch = (report: EpochReport) => reports.push(report)
    const { runs } = await fineTune({ ...fast, earlyStopping: { metric: 'loss', patience: 2 }, onEpoch })
    const { validationCurve, keptEpoch, lossCurve } = runs[0]!.training.head
    const losses = validationCurve.map(({ loss }) => loss)
    expect(keptEpoch).toBe(1 + losses.indexOf(Math.min(...losses)))
    expect(lossCurve).toHaveLength(keptEpoch + 2)
    expect(lossCurve.length).toBeLessThan(30)
    expect(reports.map(({ epoch }) => epoch)).toEqual(lossCurve.map((_, index) => index + 1))
    expect(reports[1]).toEqual({
      run: 'distribution-balanced',
      phase: 'head',
      epoch: 2,
      epochs: 30,
      loss: lossCurve[1],
      validation: validationCurve[1],
    })
  })

  test.each(validationMetrics.filter((name) => !/head|medium/.test(name)))('takes %s', async (metric) => {
    const options = await setUp()
    const { output: _, ...measured } = { ...options, learningRate: 1, earlyStopping: { metric } }
    const { validationCurve, keptEpoch } = (await fineTune(measured)).runs[0]!.training.head
    const values = validationCurve.map((measures) => goodness(metric, measures))
    expect(keptEpoch).toBe(1 + values.indexOf(Math.max(...values)))
  })

  test.each([
    [
      'a metric without a value',
      { earlyStopping: { metric: 'map.head' } },
      /map.head has no value on the validation images/,
    ],
    [
      'an unknown metric',
      { earlyStopping: { metric: 'accuracy' } },
      /earlyStopping.metric is accuracy; expected one of map/,
    ],
    ['no patience', { earlyStopping: { patience: 0 } }, /earlyStopping.patience is 0/],
    ['no validation images', { earlyStopping: {}, validation: 0 }, /earlyStopping has no validation images/],
  ])('refuses %s before the features are computed', async (_, change, message) => {
    const options = { ...(await setUp()), ...change } as FolderOptions
    let started = false
    const onProgress = () => {
      started = true
    }
    await expect(fineTune({ ...options, onProgress })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'argument',
      message: expect.stringMatching(message),
    })
    expect(started).toBe(false)
  })
})

test('a loss with random numbers is measured with those that come next, which are not used up', async () => {
  const labels = [[0], [1, 2], [], [0, 2]]
  const loss = droppingLoss()
  const inputSource = loss.inputSource!({ classCount: 3, seed: 6 })
  const images = { labels, statistics: labelStatistics(labels, { classCount: 3 }), inputSource }
  const validator = await createValidator(await transformersRuntime(), loss, images)
  const logits = Float32Array.from({ length: 12 }, (_, at) => Math.sin(at))
  const batch = { labels: labelMatrix(labels, 3), batchSize: 4 }
  for (let time = 0; time < 2; time++) {
    const [first, again] = [await validator.measure(logits), await validator.measure(logits)]
    expect(again).toEqual(first)
    const inputs = inputSource.inputsFor(batch)
    // Float32 sums of twelve numbers.
    expect(first.loss).toBeCloseTo(evaluate(loss, { ...batch, logits, inputs }).value, 6)
  }
  await validator.dispose()
})
