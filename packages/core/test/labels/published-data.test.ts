import { expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import {
  classAwareSampler,
  conditionalProbabilities,
  coOccurrence,
  labelStatistics,
  longTailedSubset,
  rebalancingDiagnostic,
  splitClasses,
  suggestMu,
} from '../../src/labels/index.ts'

interface LabelFile {
  readonly N: number
  readonly classes: readonly string[]
  readonly class_freq: readonly number[]
  readonly positives: readonly (readonly number[])[]
  readonly split: { readonly head: number[]; readonly middle: number[]; readonly tail: number[] }
  readonly cooccurrence: readonly (readonly number[])[]
  /** p(j | i), in row i. */
  readonly condition_prob: readonly (readonly number[])[]
}

/** The published figures; μ and the share are rounded to three digits. */
const published = [
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: 0.434 is a measured μ, not a logarithm
  { name: 'voc-mlt', splitSizes: [6, 6, 8], epochLength: 3875, autoMu: 0.434, presetMu: 0.3, saturated: 0.867 },
  { name: 'coco-mlt', splitSizes: [22, 33, 25], epochLength: 22560, autoMu: 0.176, presetMu: 0.2, saturated: 0.674 },
]

for (const { name, splitSizes, epochLength, autoMu, presetMu, saturated } of published) {
  describeRealData(`${name}, the training set of Wu et al., ECCV 2020`, ({ load }) => {
    const file = (): LabelFile => JSON.parse(load(`labels/${name}.train.json.gz`))

    test('has the published counts and splits', () => {
      const { N, classes, class_freq, positives, split } = file()
      const statistics = labelStatistics(positives, { classNames: classes })
      const rows = load(`labels/${name}.class_counts.csv`)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','))
      const { head, medium, tail } = splitClasses(statistics)
      expect(statistics.sampleCount).toBe(N)
      expect(statistics.classCounts).toEqual(class_freq)
      expect(rows.map(([, className, count]) => [className, Number(count)])).toEqual(
        statistics.classCounts.map((count, index) => [classes[index], count]),
      )
      expect([head.length, medium.length, tail.length]).toEqual(splitSizes)
      expect({ head, middle: medium, tail }).toEqual(split)
    })

    test('has the published co-occurrence', () => {
      const { positives, cooccurrence, condition_prob } = file()
      const statistics = labelStatistics(positives)
      expect(coOccurrence(statistics)).toEqual(cooccurrence)
      const errors = conditionalProbabilities(statistics).flatMap((row, i) =>
        row.map((probability, j) => Math.abs(probability - condition_prob[j]![i]!)),
      )
      // The file has 12 digits.
      expect(Math.max(...errors)).toBeLessThan(1e-12)
    })

    test('has the published epoch length of class-aware sampling', () => {
      const sampler = classAwareSampler({ labels: file().positives, seed: 1 })
      expect(sampler.epochLength).toBe(epochLength)
      expect([...sampler]).toHaveLength(epochLength)
    })

    test('has the known μ and share of saturated negatives', () => {
      const statistics = labelStatistics(file().positives)
      expect(suggestMu(statistics)).toBeCloseTo(autoMu, 3)
      expect(rebalancingDiagnostic(statistics, { mu: presetMu }).negatives.saturated).toBeCloseTo(saturated, 3)
    })
  })
}

describeRealData('the pool of VOC 2012', ({ load }) => {
  test('gives a subset like VOC-MLT by the settings of the paper', () => {
    const { positives } = JSON.parse(load('labels/voc2012.trainval.json.gz')) as LabelFile
    for (const seed of [1, 2, 3]) {
      const subset = longTailedSubset({ labels: positives, max: 800, min: 1, exponent: 6, seed })
      const { classCounts } = labelStatistics(
        subset.map((sample) => positives[sample]!),
        { classCount: 20 },
      )
      const splits = splitClasses(
        labelStatistics(
          subset.map((sample) => positives[sample]!),
          { classCount: 20 },
        ),
      )
      // VOC-MLT itself has 1,142 images and counts from 775 to 4.
      expect(Math.abs(subset.length - 1142)).toBeLessThan(60)
      expect(Math.abs(Math.max(...classCounts) - 775)).toBeLessThan(60)
      expect(Math.min(...classCounts)).toBeGreaterThanOrEqual(3)
      expect(Math.min(...classCounts)).toBeLessThan(10)
      expect([splits.head, splits.medium, splits.tail].map((split) => split.length)).toSatisfy(
        ([head, medium, tail]: number[]) => head! >= 5 && head! <= 7 && medium! >= 5 && medium! <= 8 && tail! >= 7,
      )
      expect(longTailedSubset({ labels: positives, max: 800, min: 1, exponent: 6, seed })).toEqual(subset)
    }
  })
})

describeRealData('the training photographs of scenes', ({ load }) => {
  test('give the long-tailed subset that the reference figures were measured on', () => {
    const lines = load('photos/scenes/train/metadata.jsonl').trim().split('\n')
    const names = lines.map((line) => (JSON.parse(line) as { labels: string[] }).labels)
    const classNames = [...new Set(names.flat())].sort()
    const labels = names.map((row) => row.map((name) => classNames.indexOf(name)))
    for (const seed of [1, 2, 3]) {
      const subset = longTailedSubset({ labels, max: 400, min: 10, exponent: 2, seed })
      const { classCounts } = labelStatistics(
        subset.map((sample) => labels[sample]!),
        { classCount: 5 },
      )
      const [first, second, ...rest] = classCounts.toSorted((a, b) => b - a)
      // About 285 photographs with n ≈ 280, 22, 10, 10, 10; which of them is a matter of chance.
      expect(Math.abs(subset.length - 286)).toBeLessThanOrEqual(8)
      expect(Math.abs(first! - 280)).toBeLessThanOrEqual(8)
      expect(Math.abs(second! - 22)).toBeLessThanOrEqual(2)
      for (const count of rest) expect(Math.abs(count - 10)).toBeLessThanOrEqual(3)
    }
  })
})
