import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelDecisions, readTuning } from '../../src/label-decisions.ts'

const names = ['sea', 'sand', 'sun']
const plain = { names, thresholds: undefined, temperature: 1 }

describe('labels', () => {
  test('are those whose logits are above thresholds of their own, by descending score', () => {
    const decide = labelDecisions({}, { ...plain, thresholds: [1, -2, 0] })
    expect(decide(Float32Array.of(1, -1, 3))).toEqual([
      { label: 'sun', score: 1 / (1 + Math.exp(-3)) },
      { label: 'sand', score: 1 / (1 + Math.exp(1)) },
    ])
  })

  test('are those from 0.5 without thresholds, and those from a threshold that is given', () => {
    const logits = Float32Array.of(0, -1, 3)
    const labels = (options: object, thresholds?: number[]) =>
      labelDecisions(options, { ...plain, thresholds })(logits).map(({ label }) => label)
    expect(labels({})).toEqual(['sun', 'sea'])
    expect(labels({ threshold: 0.9 }, [0, -2, 9])).toEqual(['sun'])
    expect(labels({ threshold: 0 }, [0, -2, 9])).toEqual(['sun', 'sea', 'sand'])
    expect(labels({ topK: 2 }, [9, 9, 9])).toEqual(['sun', 'sea'])
  })

  test('do not change with the temperature, which only divides the logits', () => {
    const numbers = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(
        numbers,
        numbers,
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (logits, thresholds, temperature) => {
          const [own, calibrated] = [1, temperature].map((factor) =>
            labelDecisions({}, { names, thresholds, temperature: factor })(Float32Array.from(logits)),
          )
          expect(calibrated!.map(({ label }) => label).sort()).toEqual(own!.map(({ label }) => label).sort())
          for (const { label, score } of calibrated!) {
            expect(score).toBe(1 / (1 + Math.exp(-Math.fround(logits[names.indexOf(label)]!) / temperature)))
          }
        },
      ),
    )
  })
})

describe('what was tuned', () => {
  const model = './my-model'
  const read = (dbloss: unknown, calibrated = false) => readTuning({ dbloss }, { classCount: 2, model, calibrated })

  test('is read from the config, and may be missing', () => {
    expect(read({ thresholds: [0.5, -1], temperature: 2 })).toEqual({ thresholds: [0.5, -1], temperature: 1 })
    expect(read({ thresholds: [0.5, -1], temperature: 2 }, true)).toEqual({ thresholds: [0.5, -1], temperature: 2 })
    expect(read(undefined)).toEqual({ thresholds: undefined, temperature: 1 })
    expect(readTuning({}, { classCount: 2, model, calibrated: false }).thresholds).toBeUndefined()
  })

  test.each([
    [{ thresholds: [1] }, false, /dbloss.thresholds of .\/my-model are \[1\]; expected 2 finite numbers/],
    [{ thresholds: [1, null] }, false, /dbloss.thresholds/],
    [{ thresholds: 'high' }, false, /dbloss.thresholds/],
    [{ temperature: 0 }, false, /dbloss.temperature of .\/my-model is 0; expected a number above 0/],
    [{ temperature: '2' }, false, /dbloss.temperature/],
    [{}, true, /dbloss.temperature of .\/my-model is undefined/],
  ])('of %j, calibrated: %s, is refused', (record, calibrated, message) => {
    expect(() => read(record, calibrated)).toThrow(
      expect.objectContaining({ code: 'model', message: expect.stringMatching(message) }),
    )
  })
})
