import { describe, expect, test } from 'vitest'
import { createRandom } from '../../src/random.ts'

/** The 32-bit words of the generator, from the upper 27 bits and the next word's upper 26 that `next` keeps. */
const keptBits = (words: readonly [number, number]): number => ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) / 2 ** 53

describe('createRandom', () => {
  test('gives the published sequence of xoshiro128** for the state 1, 2, 3, 4', () => {
    // The test vector of the rand_xoshiro crate, from the reference implementation of Blackman and Vigna.
    const random = createRandom([1, 2, 3, 4])
    expect([random.next(), random.next(), random.next(), random.next(), random.next()]).toEqual([
      keptBits([11520, 0]),
      keptBits([5927040, 70819200]),
      keptBits([2031721883, 1637235492]),
      keptBits([1287239034, 3734860849]),
      keptBits([3729100597, 4258142804]),
    ])
  })

  test('fills its state from the seed by SplitMix32', () => {
    // Computed with unbounded integers in Python: fmix32(k · 0x9e3779b9), k = 1 … 4.
    expect(createRandom(0).state()).toEqual([2462723854, 1020716019, 454327756, 1275600319])
  })

  test('tells seeds apart beyond 32 bits', () => {
    const states = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((seed) => createRandom(seed).state().join())
    expect(new Set(states).size).toBe(states.length)
  })

  test('goes on from a state that went through JSON', () => {
    const random = createRandom(7)
    for (let drawn = 0; drawn < 5; drawn++) random.next()
    const resumed = createRandom(JSON.parse(JSON.stringify(random.state())))
    expect([resumed.next(), resumed.integer(100)]).toEqual([random.next(), random.integer(100)])
  })

  test('draws integers evenly', () => {
    const random = createRandom(1)
    const counts = new Array<number>(10).fill(0)
    for (let drawn = 0; drawn < 100_000; drawn++) counts[random.integer(10)]!++
    // χ² with 9 degrees of freedom is below 27.9 with probability 0.999; the seed is fixed, so the outcome is too.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(27.9)
  })

  test('shuffles in place into each order equally often', () => {
    const random = createRandom(2)
    const counts = new Map<string, number>()
    for (let drawn = 0; drawn < 60_000; drawn++) {
      const items = [0, 1, 2]
      expect(random.shuffle(items)).toBe(items)
      counts.set(items.join(), (counts.get(items.join()) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // χ² with 5 degrees of freedom is below 20.5 with probability 0.999.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(chiSquare).toBeLessThan(20.5)
  })

  test('shuffles typed arrays too', () => {
    expect([...createRandom(3).shuffle(Int32Array.of(1, 2, 3, 4))].sort()).toEqual([1, 2, 3, 4])
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => createRandom(seed)).toThrow(`seed is ${seed}; expected a non-negative integer`)
  })

  test('refuses a state that the generator cannot leave or have', () => {
    expect(() => createRandom([0, 0, 0, 0])).toThrow('expected four 32-bit words')
    expect(() => createRandom([1, 2, 3, -4])).toThrow('expected four 32-bit words')
  })

  test('refuses to draw from nothing', () => {
    expect(() => createRandom(1).integer(0)).toThrow('n is 0; expected a positive integer')
  })
})
