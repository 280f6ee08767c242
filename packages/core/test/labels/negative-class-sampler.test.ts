import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type NegativeClassSamplerOptions,
  negativeClassSampler,
  type SampledClasses,
  sampledSoftmaxLoss,
} from '../../src/index.ts'

const counts = [50, 0, 20, 20, 9, 1]
const sampler = (options: Partial<NegativeClassSamplerOptions> = {}) =>
  negativeClassSampler({ classCount: 6, negatives: 4, seed: 1, ...options })

/** The label of a class, undefined where it was not sampled. */
function labelOf({ classes, labels }: SampledClasses, row: number, index: number): number | undefined {
  const column = classes.indexOf(index)
  return column < 0 ? undefined : labels[row * classes.length + column]
}

describe('the sampled set', () => {
  test('has every positive and every drawn class once, ascending, with labels by row', () => {
    const labelRows = fc.array(fc.uniqueArray(fc.nat(39), { maxLength: 4 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(labelRows, fc.integer({ min: 1, max: 20 }), fc.nat(), (rows, negatives, seed) => {
        const sampled = negativeClassSampler({
          classCount: 40,
          negatives,
          seed,
          weighting: 'constant',
        }).sample(rows)
        const { classes, labels, batchSize, inputs } = sampled
        const weights = [...inputs.negativeWeights!]
        expect(batchSize).toBe(rows.length)
        expect(labels).toHaveLength(rows.length * classes.length)
        expect([...classes]).toEqual([...new Set(classes)].sort((left, right) => left - right))
        // Each draw counts once.
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(negatives)
        const positives = new Set(rows.flat())
        classes.forEach((index, column) => {
          expect(positives.has(index) || weights[column]! > 0).toBe(true)
          rows.forEach((row, number) => {
            expect(labelOf(sampled, number, index)).toBe(row.includes(index) ? 1 : 0)
          })
        })
        for (const index of positives) expect(classes).toContain(index)
      }),
      { numRuns: 50 },
    )
  })

  test('has soft and unknown labels, the latter where the class is there for another reason', () => {
    const rows = [{ classes: [3], values: [0.25], unknown: [0, 5] }, [0]]
    const sampled = sampler({ distribution: { probabilities: [0, 0, 1, 0, 0, 0] } }).sample(rows)
    expect([...sampled.classes]).toEqual([0, 2, 3])
    expect([...sampled.labels]).toEqual([-1, 0, 0.25, 1, 0, 0])
  })

  test('is padded with the first other classes, at weight 0', () => {
    const options = { classCount: 50, distribution: { counts: Array.from({ length: 50 }, (_, i) => (i > 40 ? 1 : 0)) } }
    const [plain, padded] = [sampler(options), sampler({ ...options, padToMultipleOf: 16 })].map((each) =>
      each.sample([[1, 30], []]),
    )
    expect(padded!.classes).toHaveLength(16)
    const added = [...padded!.classes].filter((index) => !plain!.classes.includes(index))
    expect([...padded!.classes].filter((index) => plain!.classes.includes(index))).toEqual([...plain!.classes])
    expect(added).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].slice(0, added.length))
    for (const index of added) {
      expect(padded!.inputs.negativeWeights![padded!.classes.indexOf(index)]).toBe(0)
      expect([labelOf(padded!, 0, index), labelOf(padded!, 1, index)]).toEqual([0, 0])
    }
  })

  test('is at most all classes', () => {
    expect([...sampler({ padToMultipleOf: 16 }).sample([[2]]).classes]).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('has log priors where there are priors, as the loss with τ takes them', () => {
    const priors = [0.5, 0.25, 0.125, 0.1, 0.02, 0.005]
    const { classes, inputs } = sampler({ priors }).sample([[5]])
    classes.forEach((index, column) => {
      expect(inputs.logPriors![column]).toBe(Math.fround(Math.log(priors[index]!)))
    })
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(sampledSoftmaxLoss({ tau: 1 }).inputs)))
    expect(Object.keys(sampler().sample([[5]]).inputs)).toEqual(['negativeWeights'])
  })
})

describe('weights and probabilities', () => {
  test.each([
    ['uniform' as const, [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6]],
    [{ counts }, [0.5, 0, 0.2, 0.2, 0.09, 0.01]],
    [{ counts: [16, 0, 1, 1, 1, 1], power: 0.5 }, [0.5, 0, 0.125, 0.125, 0.125, 0.125]],
    [{ counts, power: 0 }, [1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6, 1 / 6]],
    [{ probabilities: [0.5, 0.5, 0, 0, 0, 0] }, [0.5, 0.5, 0, 0, 0, 0]],
  ])('of %j', (distribution, expected) => {
    const each = sampler({ distribution })
    each.probabilities.forEach((probability, index) => {
      expect(probability).toBeCloseTo(expected[index]!, 15)
    })
    const { classes, inputs } = each.sample([[]])
    const draws = [...inputs.negativeWeights!].map((weight, column) => weight * 4 * expected[classes[column]!]!)
    // Importance weights are count / (m q): single precision of whole numbers.
    for (const count of draws) expect(count).toBeCloseTo(Math.round(count), 5)
    expect(Math.round(draws.reduce((sum, count) => sum + count, 0))).toBe(4)
  })
})

describe('seed and state', () => {
  const rows = [[0], [2, 5]]
  test('the same seed draws the same, another another', () => {
    const draw = (seed: number) => [...sampler({ seed, classCount: 5000 }).sample(rows).classes]
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  test('goes on from a state that went through JSON', () => {
    const options = { distribution: { counts } }
    const first = sampler(options)
    first.sample(rows)
    const state = JSON.parse(JSON.stringify(first.state()))
    const again = sampler({ ...options, seed: 77 })
    again.restore(state)
    expect([again.sample(rows), again.sample(rows)]).toEqual([first.sample(rows), first.sample(rows)])
  })

  test.each([
    [sampler({ negatives: 5 }).state()],
    [sampler({ classCount: 7 }).state()],
    [{ ...(sampler().state() as object), kind: 'other' }],
    [{ ...(sampler().state() as object), random: [0, 0, 0, 0] }],
    [{ ...(sampler().state() as object), random: 7 }],
    [null],
    ['state'],
  ])('refuses the state %j, and goes on as before', (state) => {
    const each = sampler()
    expect(() => each.restore(state)).toThrow(expect.objectContaining({ code: 'argument' }))
    expect(each.state()).toEqual(sampler().state())
  })

  test('a batch that is refused draws nothing', () => {
    const each = sampler()
    expect(() => each.sample([[0], [6]])).toThrow('labels[1] has class index 6 but classCount says 6 classes')
    expect(() => each.sample([[-1]])).toThrow(expect.objectContaining({ code: 'labels' }))
    expect(() => each.sample([])).toThrow(expect.objectContaining({ code: 'shape' }))
    expect(each.state()).toEqual(sampler().state())
  })
})

describe('errors', () => {
  test.each<[Partial<NegativeClassSamplerOptions>, string, string]>([
    [{ negatives: 0 }, 'argument', 'negatives is 0; expected an integer at least 1'],
    [{ negatives: 1.5 }, 'argument', 'negatives is 1.5'],
    [{ classCount: 0 }, 'argument', 'classCount is 0'],
    [{ padToMultipleOf: 0 }, 'argument', 'padToMultipleOf is 0'],
    [{ seed: -1 }, 'argument', 'seed is -1'],
    [{ weighting: 'relative' as never }, 'argument', "weighting is 'relative'; expected importance or constant"],
    [{ distribution: { counts: [1, 2] } }, 'shape', 'counts has 2 values for 6 classes'],
    [{ distribution: { counts: [0, 0, 0, 0, 0, 0] } }, 'argument', 'counts are all 0, so there is no class to draw'],
    [{ distribution: { counts: [1, -1, 0, 0, 0, 0] } }, 'argument', 'counts[1] is -1; expected a number at least 0'],
    [{ distribution: { counts: [Number.NaN, 1, 1, 1, 1, 1] } }, 'argument', 'counts[0] is NaN'],
    [{ distribution: { counts, power: -1 } }, 'argument', 'power is -1'],
    [{ distribution: { probabilities: [1, 1, 0, 0, 0, 0] } }, 'argument', 'probabilities sum to 2; expected 1'],
    [{ priors: [1] }, 'shape', 'priors has 1 values for 6 classes'],
    [{ priors: counts }, 'argument', 'priors[1] is 0; expected a number above 0'],
  ])('%j', (options, code, message) => {
    expect(() => sampler(options)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
  })
})
