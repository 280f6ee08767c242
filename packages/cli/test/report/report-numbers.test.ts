import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Predictions, readPredictions, type ScoredPicture, writePredictions } from '@dbloss/transformers'
import { beforeAll, describe, expect, test } from 'vitest'
import { splitKeys } from '../../src/report/numbers/comparison.ts'
import type { ReportNumbers } from '../../src/report/numbers/report-numbers.ts'
import { reportHtml } from '../../src/report/report-html.ts'
import { embeddedNumbers } from './embedded-numbers.ts'
import {
  averagePrecision,
  basicInterval,
  bootstrapSamples,
  calibrationError,
  classPrecision,
  crossEntropy,
  f1Of,
  mean,
  meanPrecisions,
  type PlainPredictions,
  plainPredictions,
  sigmoid,
  sum,
} from './plain-measures.ts'
import { plausiblePredictions } from './plausible-predictions.ts'

/** The numbers of the report are compared with what is computed anew from the text of the predictions file. */
let numbers: ReportNumbers
let plain: PlainPredictions

async function report(predictions: Predictions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dbloss-report-'))
  const path = join(folder, 'predictions.jsonl')
  const { training, scored, ...rest } = predictions
  const pictures = [...training, ...scored]
  await writePredictions(path, { header: { ...rest, imageCount: pictures.length }, pictures })
  plain = plainPredictions(await readFile(path, 'utf8'))
  numbers = embeddedNumbers(await reportHtml(await readPredictions(path), { readThumbnail: async () => undefined }))
  await rm(folder, { recursive: true })
}

/** Of the cuts midway between scores the one with the highest F1; the highest cut of equally good ones. */
function bestOf(scores: readonly number[], f1: (threshold: number) => number): number {
  const descending = [...new Set(scores)].sort((a, b) => b - a)
  const cuts = descending.map((score, place) => {
    const lower = descending[place + 1]
    const cut = lower === undefined ? score - Math.max(1, Math.abs(score)) : (score + lower) / 2
    return { cut, value: f1(cut) }
  })
  return cuts.reduce((best, other) => (other.value > best.value ? other : best)).cut
}

/** Sums of some hundred terms in another order, of logits that were rounded to single precision. */
const digits = 6

describe('the numbers in a report of two runs that carry thresholds and a temperature', () => {
  beforeAll(() => report(plausiblePredictions({ classCount: 7, pictures: 40, runs: 2, training: 300, tuned: true })))

  test('average precision of each class, and mAP by split', () => {
    for (const [place, { name }] of plain.runs.entries()) {
      const expected = meanPrecisions(plain, plain.test, name)
      for (const split of splitKeys) {
        const found = numbers.comparison.runs[place]!.map[split].estimate
        if (Number.isNaN(expected[split])) expect(found).toBeNull()
        else expect(found).toBeCloseTo(expected[split], 12)
      }
      numbers.runs[place]!.averagePrecision.forEach(({ estimate }, index) => {
        expect(estimate).toBeCloseTo(classPrecision(plain.test, name, index), 12)
      })
    }
  })

  test('bootstrap intervals of mAP, of the lead and of each class', () => {
    const pictures = plain.test
    const { resamples, seed, confidence, winners } = numbers.comparison
    expect({ resamples, confidence }).toEqual({ resamples: 1000, confidence: 0.95 })
    const names = plain.runs.map(({ name }) => name)
    const drawn = bootstrapSamples(pictures, { resamples, seed }).map((sample) =>
      names.map((name) => ({ all: meanPrecisions(plain, sample, name).all, first: classPrecision(sample, name, 0) })),
    )
    names.forEach((name, place) => {
      const estimate = meanPrecisions(plain, pictures, name).all
      const { lower, upper } = basicInterval(
        estimate,
        drawn.map((runs) => runs[place]!.all),
        0,
      )
      expect(numbers.comparison.runs[place]!.map.all.lower).toBeCloseTo(lower, 10)
      expect(numbers.comparison.runs[place]!.map.all.upper).toBeCloseTo(upper, 10)
      const first = basicInterval(
        classPrecision(pictures, name, 0),
        drawn.map((runs) => runs[place]!.first),
        0,
      )
      expect(numbers.runs[place]!.averagePrecision[0]!.lower).toBeCloseTo(first.lower, 10)
      expect(numbers.runs[place]!.averagePrecision[0]!.upper).toBeCloseTo(first.upper, 10)
    })
    const best = names.indexOf(winners.all!.run)
    const other = 1 - best
    const lead = meanPrecisions(plain, pictures, names[best]!).all - meanPrecisions(plain, pictures, names[other]!).all
    expect(lead).toBeGreaterThan(0)
    const expected = basicInterval(
      lead,
      drawn.map((runs) => runs[best]!.all - runs[other]!.all),
      -1,
    )
    const [found] = winners.all!.leads
    expect(found!.over).toBe(names[other])
    expect(found!.estimate).toBeCloseTo(expected.estimate, 10)
    expect(found!.lower).toBeCloseTo(expected.lower, 10)
    expect(found!.upper).toBeCloseTo(expected.upper, 10)
  })

  test('F1 at logit 0 and at the thresholds of the file', () => {
    for (const [place, { name, thresholds }] of plain.runs.entries()) {
      const { untuned, tuned } = numbers.runs[place]!
      expect(tuned).toMatchObject({ by: 'file', thresholds })
      for (const [decisions, limits] of [
        [untuned, thresholds!.map(() => 0)] as const,
        [tuned!, thresholds!] as const,
      ]) {
        const expected = f1Of(plain.test, name, limits)
        expect(decisions.f1.micro).toBeCloseTo(expected.micro, 12)
        expect(decisions.f1.macro).toBeCloseTo(expected.macro, 12)
        decisions.perClass.forEach(({ f1 }, index) => {
          expect(f1).toBeCloseTo(expected.perClass[index]!, 12)
        })
      }
    }
  })

  test('calibration error before and after the temperature of the file', () => {
    for (const [place, { name, temperature }] of plain.runs.entries()) {
      const { calibration, calibrated } = numbers.runs[place]!
      expect(calibrated).toMatchObject({ by: 'file', temperature })
      expect(calibration.micro).toBeCloseTo(calibrationError(plain.test, name, 1), digits)
      expect(calibrated!.micro).toBeCloseTo(calibrationError(plain.test, name, temperature!), digits)
    }
  })

  test('every point of a precision–recall curve is a decision that can be made, and the area is that of all points', () => {
    const { name } = plain.runs[0]!
    const elements = plain.test.flatMap(({ labels, logits }) =>
      logits[name]!.map((score, index) => ({ score, positive: labels.includes(index) })),
    )
    const positives = elements.filter(({ positive }) => positive).length
    const possible = new Set(
      elements.map(({ score }) => {
        const above = elements.filter((other) => other.score >= score)
        const agreed = above.filter(({ positive }) => positive).length
        return `${agreed / above.length} ${agreed / positives}`
      }),
    )
    const curve = numbers.runs[0]!.curves.all
    for (const { precision, recall } of curve) expect(possible).toContain(`${precision} ${recall}`)
    let [area, before] = [0, 0]
    for (const { precision, recall } of curve) {
      area += (recall - before) * precision
      before = recall
    }
    expect(before).toBe(1)
    // Fewer positives than points, so that none is left out.
    expect(positives).toBeLessThan(200)
    expect(area).toBeCloseTo(averagePrecision(elements), 10)
  })

  test('which classes come together in training', () => {
    const { companions } = numbers
    expect(companions).toMatchObject({ source: 'train', pictureCount: 300 })
    companions.classes.forEach((row, i) => {
      companions.classes.forEach((column, j) => {
        const withColumn = plain.train.filter(({ labels }) => labels.includes(column))
        const share = withColumn.filter(({ labels }) => labels.includes(row)).length / withColumn.length
        expect(companions.probabilities[i]![j]).toBeCloseTo(share, 12)
      })
    })
    const [{ classes, count }] = companions.pairs as [{ classes: [number, number]; count: number }]
    expect(plain.train.filter(({ labels }) => classes.every((index) => labels.includes(index)))).toHaveLength(count)
  })

  test('the most wrong pictures', () => {
    const run = plain.runs.find(({ name }) => name === numbers.judge)!
    const expected = plain.test
      .map((line) => ({ file: line.file, loss: crossEntropy(line, run.name, run.temperature!) }))
      .sort((a, b) => b.loss - a.loss)
      .slice(0, 12)
    expect(numbers.mostWrong.map(({ file }) => file)).toEqual(expected.map(({ file }) => file))
    numbers.mostWrong.forEach(({ loss }, place) => {
      expect(loss).toBeCloseTo(expected[place]!.loss, digits)
    })
  })

  test('labels that may be missing or wrong', () => {
    const run = plain.runs.find(({ name }) => name === numbers.judge)!
    const pictures = [...plain.test, ...plain.validation]
    const suspects = plain.classNames.flatMap((_, index) => {
      const judged = pictures.map(({ file, labels, logits }) => {
        return {
          file,
          has: labels.includes(index),
          p: sigmoid(logits[run.name]![index]! / run.temperature!),
        }
      })
      const present = mean(judged.filter(({ has }) => has).map(({ p }) => p))
      const absent = mean(judged.filter(({ has }) => !has).map(({ p }) => p))
      return judged.flatMap(({ file, has, p }) => {
        const [positive, negative] = [p >= present, p <= absent]
        const confident = positive && negative ? p > 0.5 : positive ? true : negative ? false : undefined
        return confident === undefined || confident === has ? [] : [{ file, index, kind: has ? 'wrong' : 'missing', p }]
      })
    })
    for (const kind of ['missing', 'wrong'] as const) {
      const expected = suspects
        .filter((suspect) => suspect.kind === kind)
        .sort((a, b) => (kind === 'missing' ? b.p - a.p : a.p - b.p))
      expect(numbers.suspects.found[kind]).toBe(expected.length)
      expect(expected.length).toBeGreaterThan(0)
      expect(numbers.suspects[kind].map(({ file, class: index }) => [file, index])).toEqual(
        expected.slice(0, 12).map(({ file, index }) => [file, index]),
      )
    }
  })
})

describe('the numbers of runs without thresholds and temperature', () => {
  beforeAll(() => report(plausiblePredictions({ classCount: 6, pictures: 60, runs: 2, training: 300 })))

  test('thresholds are the best of each class on the validation pictures, drawn to the best common one', () => {
    const classes = plain.classNames.map((_, index) => index)
    for (const [place, { name }] of plain.runs.entries()) {
      const { tuned } = numbers.runs[place]!
      expect(tuned!.by).toBe('report')
      const scoresOf = (index: number) => plain.validation.map(({ logits }) => logits[name]![index]!)
      const f1At = (threshold: number) =>
        f1Of(
          plain.validation,
          name,
          classes.map(() => threshold),
        )
      const own = classes.map((index) => bestOf(scoresOf(index), (threshold) => f1At(threshold).perClass[index]!))
      const common = bestOf(classes.flatMap(scoresOf), (threshold) => f1At(threshold).macro)
      classes.forEach((index) => {
        const positives = plain.validation.filter(({ labels }) => labels.includes(index)).length
        const expected = (positives * own[index]! + 4 * common) / (positives + 4)
        expect(tuned!.thresholds[index]).toBeCloseTo(expected, digits)
      })
      expect(tuned!.f1.macro).toBeCloseTo(f1Of(plain.test, name, tuned!.thresholds).macro, 12)
    }
  })

  test('the temperature has a lower cross-entropy on the validation pictures than its neighbours', () => {
    for (const [place, { name }] of plain.runs.entries()) {
      const { calibrated } = numbers.runs[place]!
      expect(calibrated!.by).toBe('report')
      const temperature = calibrated!.temperature as number
      const lossAt = (factor: number): number =>
        sum(plain.validation.map((line) => crossEntropy(line, name, temperature * factor)))
      expect(lossAt(1)).toBeLessThan(lossAt(0.98))
      expect(lossAt(1)).toBeLessThan(lossAt(1.02))
      expect(calibrated!.micro).toBeCloseTo(calibrationError(plain.test, name, temperature), digits)
    }
  })
})

describe('without what a report can do without', () => {
  const whole = plausiblePredictions({ classCount: 5, pictures: 30, runs: 2, training: 120 })
  const only = (split: ScoredPicture['split']): Predictions => ({
    ...whole,
    scored: whole.scored.filter((picture) => picture.split === split),
  })

  test('without test pictures it measures on validation, and tunes nothing', async () => {
    await report(only('validation'))
    expect(numbers).toMatchObject({ evaluatedOn: 'validation', pictures: { validation: 30, test: 0 } })
    expect(numbers.runs.map(({ tuned, calibrated }) => [tuned, calibrated])).toEqual([
      [null, null],
      [null, null],
    ])
    expect(numbers.comparison.runs[0]!.map.all.estimate).toBeCloseTo(
      meanPrecisions(plain, plain.validation, 'bce').all,
      12,
    )
  })

  test('without training pictures the scored ones tell what comes together', async () => {
    await report({ ...whole, training: [] })
    expect(numbers.companions).toMatchObject({ source: 'scored', pictureCount: 60 })
  })

  test('a class without positives has no average precision and is left out of the mean', async () => {
    const without = ({ labels, ...picture }: ScoredPicture): ScoredPicture => {
      return { ...picture, labels: labels.filter((index) => index !== 2) }
    }
    await report({ ...whole, scored: whole.scored.map(without) })
    expect(numbers.runs[0]!.averagePrecision[2]).toEqual({ estimate: null, lower: null, upper: null })
    expect(numbers.classes[2]!.positives).toBe(0)
    expect(numbers.comparison.runs[0]!.map.all.estimate).toBeCloseTo(meanPrecisions(plain, plain.test, 'bce').all, 12)
  })

  test('without a scored picture there is no report', async () => {
    await expect(reportHtml({ ...whole, scored: [] }, { readThumbnail: async () => undefined })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
    })
  })
})
