import { describe, expect, test } from 'vitest'
import {
  dropLoss,
  equalizationLossV2,
  type InputSource,
  type Loss,
  type ObservedBatch,
  seesawLoss,
  statisticsFromCounts,
} from '../../../src/index.ts'

const statistics = statisticsFromCounts({ classCounts: [500, 10, 1], sampleCount: 1000 })
const classCount = 3

const losses: readonly (readonly [string, Loss])[] = [
  ['dropLoss', dropLoss(statistics)],
  ['equalizationLossV2', equalizationLossV2()],
  ['seesawLoss', seesawLoss()],
]

const sourceOf = (loss: Loss, seed = 0): InputSource => loss.inputSource!({ classCount, seed })

/** Different batches of two rows with all kinds of labels. */
const batchAt = (step: number): ObservedBatch => ({
  logits: Float32Array.from({ length: 6 }, (_, index) => Math.sin(7 * step + index)),
  labels: Float32Array.from({ length: 6 }, (_, index) => [1, 0, -1, 0.25, 0][(step + index) % 5]!),
  batchSize: 2,
})

/** What a training would see of the source. */
function steps(source: InputSource, first: number, count: number): Readonly<Record<string, Float32Array>>[] {
  return Array.from({ length: count }, (_, index) => {
    const batch = batchAt(first + index)
    const inputs = source.inputsFor(batch)
    source.observe?.(batch)
    return inputs
  })
}

describe.each(losses)('the source of %s', (_, loss) => {
  test('gives what the loss declares, of its extent', () => {
    const inputs = sourceOf(loss).inputsFor(batchAt(0))
    expect(Object.keys(inputs)).toEqual(Object.keys(loss.inputs))
    for (const [name, { batch }] of Object.entries(loss.inputs)) expect(inputs[name]).toHaveLength(batch ? 6 : 3)
  })
  test('gives the same inputs again for the same seed and batches', () => {
    expect(steps(sourceOf(loss, 7), 0, 5)).toEqual(steps(sourceOf(loss, 7), 0, 5))
  })
  test('goes on bit for bit from a state that went through JSON', () => {
    const whole = steps(sourceOf(loss, 7), 0, 9)
    const source = sourceOf(loss, 7)
    steps(source, 0, 4)
    const kept = JSON.stringify(source.state())
    const again = sourceOf(loss, 1)
    steps(again, 3, 2)
    again.restore(JSON.parse(kept))
    expect(steps(again, 4, 5)).toEqual(whole.slice(4))
    expect(again.state()).toEqual(JSON.parse(JSON.stringify(again.state())))
  })
  test('a state is a copy', () => {
    const source = sourceOf(loss)
    const state = source.state()
    const before = JSON.stringify(state)
    steps(source, 0, 2)
    expect(JSON.stringify(state)).toBe(before)
  })
  test('refuses batches that are not of its classes or have no labels, and a number of classes that is none', () => {
    const source = sourceOf(loss)
    const before = source.state()
    const labels = Float32Array.of(1, 0, -1, 0.25, 0, 1)
    const logits = new Float32Array(6)
    const wrong: readonly (readonly [ObservedBatch, string, string])[] = [
      [{ labels: labels.subarray(1), logits, batchSize: 2 }, 'shape', 'labels has 5 values; expected [2, 3]'],
      [{ labels, logits, batchSize: 3 }, 'shape', 'labels has 6 values; expected [3, 3]'],
      [{ labels: [], logits: [], batchSize: 0 }, 'shape', 'labels has 0 values; expected [0, 3]'],
      [{ labels: labels.with(4, Number.NaN), logits, batchSize: 2 }, 'labels', 'labels[1, 1] is NaN; expected 0 to 1'],
      [{ labels: labels.with(1, 2), logits, batchSize: 2 }, 'labels', 'labels[0, 1] is 2; expected 0 to 1'],
    ]
    for (const [batch, code, message] of wrong) {
      const refusal = expect.objectContaining({ code, message: expect.stringContaining(message) })
      expect(() => source.inputsFor(batch)).toThrow(refusal)
      if (source.observe) expect(() => source.observe?.(batch)).toThrow(refusal)
      expect(source.state()).toEqual(before)
    }
    for (const bad of [Number.NaN, 0, 2.5, -1]) {
      expect(() => loss.inputSource!({ classCount: bad })).toThrow(
        `classCount is ${bad}; expected an integer at least 1`,
      )
    }
  })
  test('refuses states of other kinds and sizes, and stays as it was', () => {
    const source = sourceOf(loss)
    steps(source, 0, 2)
    const good = source.state() as Record<string, unknown>
    const lists = Object.keys(good).filter((key) => Array.isArray(good[key]))
    const bad: unknown[] = [
      undefined,
      null,
      7,
      {},
      { ...good, kind: 'another' },
      loss.inputSource!({ classCount: 4 }).state(),
      ...losses.filter(([, other]) => other !== loss).map(([, other]) => sourceOf(other).state()),
      ...lists.flatMap((name) => [
        { ...good, [name]: 5 },
        { ...good, [name]: [1, 2] },
        { ...good, [name]: [Number.NaN, 1, 1, 1].slice(0, (good[name] as number[]).length) },
        { ...good, [name]: [-1, 1, 1, 1].slice(0, (good[name] as number[]).length) },
      ]),
    ]
    for (const state of bad) {
      expect(() => source.restore(state)).toThrow(
        expect.objectContaining({ name: 'DblossError', code: 'argument', argument: 'state' }),
      )
      expect(source.state()).toEqual(good)
    }
  })
})

describe('uniform numbers', () => {
  const loss = dropLoss(statistics)
  const draw = (seed: number, batchSize: number): Float32Array =>
    sourceOf(loss, seed).inputsFor({ labels: new Float32Array(batchSize * classCount), batchSize }).uniform!

  test('are below 1 and uniform', () => {
    const numbers = draw(5, 10_000)
    const count = numbers.length
    expect(numbers.every((u) => u >= 0 && u < 1)).toBe(true)
    const mean = numbers.reduce((sum, u) => sum + u, 0) / count
    // 4 standard deviations of the mean of uniform numbers; the seed is fixed.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 / Math.sqrt(12 * count))
  })
  test('differ from seed to seed and from batch to batch', () => {
    expect(draw(1, 2)).not.toEqual(draw(2, 2))
    const source = sourceOf(loss)
    expect(source.inputsFor(batchAt(0))).not.toEqual(source.inputsFor(batchAt(0)))
  })
})

describe('class counts', () => {
  const countsOf = (source: InputSource, batch: ObservedBatch): number[] => [...source.inputsFor(batch).classCounts!]
  const first = { logits: new Float32Array(6), labels: Float32Array.of(1, 0, -1, 1, 0.25, 1), batchSize: 2 }
  const second = { logits: new Float32Array(3), labels: Float32Array.of(-1, 1, -1), batchSize: 1 }

  test('are those of the observed batches and of the one at hand; unknown labels do not count', () => {
    const source = sourceOf(seesawLoss())
    expect(countsOf(source, first)).toEqual([2, 0.25, 1])
    expect(countsOf(source, second)).toEqual([0, 1, 0])
    source.observe!(first)
    expect(countsOf(source, second)).toEqual([2, 1.25, 1])
    source.observe!(second)
    expect(countsOf(source, second)).toEqual([2, 2.25, 1])
  })
  test('labels of another width are refused', () => {
    const source = sourceOf(seesawLoss())
    const wrong = { ...first, labels: new Float32Array(8) }
    expect(() => source.inputsFor(wrong)).toThrow('labels has 8 values; expected [2, 3]')
    expect(() => source.observe!(wrong)).toThrow('labels has 8 values; expected [2, 3]')
  })
})

describe('gradient ratios', () => {
  const sigma = (x: number): number => 1 / (1 + Math.exp(-x))
  const sums = (source: InputSource) => source.state() as { positives: number[]; negatives: number[] }

  test('sum weighted gradients by the weights that the batch was computed with; unknown labels are left out', () => {
    const source = sourceOf(equalizationLossV2())
    const batch = {
      logits: Float64Array.of(0.5, Number.NaN, -1, 2, 0.3, 1),
      labels: Float64Array.of(1, -1, 0, 0, 0.25, -1),
      batchSize: 2,
    }
    source.observe!(batch)
    const unweighted = {
      positives: [sigma(-0.5), 0.25 * sigma(-0.3), 0],
      negatives: [sigma(2), 0.75 * sigma(0.3), sigma(-1)],
    }
    expect(sums(source)).toMatchObject({
      positives: unweighted.positives.map((sum) => expect.closeTo(sum, 14)),
      negatives: unweighted.negatives.map((sum) => expect.closeTo(sum, 14)),
    })
    source.observe!(batch)
    const f = unweighted.positives.map((sum, index) => sigma(12 * (sum / unweighted.negatives[index]! - 0.8)))
    expect(sums(source)).toMatchObject({
      // The released code adds 1e-10 to the denominator of the ratio, which γ = 12 and α = 4 magnify.
      positives: unweighted.positives.map((sum, index) => expect.closeTo(sum * (1 + (1 + 4 * (1 - f[index]!))), 8)),
      negatives: unweighted.negatives.map((sum, index) => expect.closeTo(sum * (1 + f[index]!), 8)),
    })
  })
  test('a class with positives only has the weights of a balanced one, a class with negatives only a ratio of 0', () => {
    const source = sourceOf(equalizationLossV2())
    source.observe!({ logits: new Float64Array(3), labels: Float64Array.of(1, 0, -1), batchSize: 1 })
    const balanced = Math.fround(0.8 + 100 / 12)
    expect([...source.inputsFor(batchAt(0)).gradientRatios!]).toEqual([balanced, 0, balanced])
  })
  test('logits that are not finite are refused before anything is summed', () => {
    const source = sourceOf(equalizationLossV2())
    const before = source.state()
    const batch = { logits: Float64Array.of(1, 2, Number.NaN), labels: Float64Array.of(1, 0, 0), batchSize: 1 }
    expect(() => source.observe!(batch)).toThrow('logits[2] is NaN; expected a finite number')
    expect(() => source.observe!({ ...batch, logits: new Float64Array(2) })).toThrow(
      'logits has 2 values but labels has 3',
    )
    expect(source.state()).toEqual(before)
  })
})
