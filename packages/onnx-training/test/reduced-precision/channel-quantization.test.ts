import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantizeChannels } from '../../src/reduced-precision/channel-quantization.ts'

/** Shapes of rank 1 to 4 with an axis, and weights for them. */
const weights = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((dims) =>
  fc.record({
    dims: fc.constant(dims),
    axis: fc.integer({ min: 0, max: dims.length - 1 }),
    values: fc.float32Array({
      minLength: dims.reduce((a, b) => a * b, 1),
      maxLength: dims.reduce((a, b) => a * b, 1),
      noNaN: true,
      noDefaultInfinity: true,
    }),
  }),
)

/** The indices of each element along the axes of a shape, row-major. */
function* places(dims: readonly number[]): Generator<number[]> {
  const [first, ...rest] = dims
  if (first === undefined) yield []
  else for (let index = 0; index < first; index++) for (const others of places(rest)) yield [index, ...others]
}

describe('weights as integers with one scale a channel', () => {
  test('as computed channel by channel in float64', () => {
    fc.assert(
      fc.property(weights, ({ dims, axis, values }) => {
        const { integers, scales } = quantizeChannels(values, dims, axis)
        const all = [...places(dims)]
        for (let channel = 0; channel < dims[axis]!; channel++) {
          const own = [...values.keys()].filter((index) => all[index]![axis] === channel)
          const scale = Math.max(...own.map((index) => Math.abs(values[index]!))) / 127
          if (scale < 2 ** -126) {
            expect(own.map((index) => integers[index])).toEqual(own.map(() => 0))
            continue
          }
          // Scales are stored in float32.
          expect(Math.abs(scales[channel]! / scale - 1)).toBeLessThanOrEqual(2 ** -24)
          for (const index of own) {
            // Half-way between two integers the rounding of the scale decides.
            const exact = values[index]! / scale
            expect(Math.abs(integers[index]! - exact)).toBeLessThanOrEqual(0.5 + 127 * 2 ** -23)
          }
          expect(Math.max(...own.map((index) => Math.abs(integers[index]!)))).toBe(127)
        }
      }),
    )
  })

  test('no weight is off by more than half a scale', () => {
    fc.assert(
      fc.property(weights, ({ dims, axis, values }) => {
        const { integers, scales } = quantizeChannels(values, dims, axis)
        for (const [index, place] of [...places(dims)].entries()) {
          const scale = scales[place[axis]!]!
          // Beside the half: the scale is off by up to 2^-24 of itself, 127 times.
          const bound = scale * (0.5 + 127 * 2 ** -23)
          expect(Math.abs(values[index]! - scale * integers[index]!)).toBeLessThanOrEqual(bound)
        }
      }),
    )
  })

  test('by hand', () => {
    const { integers, scales } = quantizeChannels(Float32Array.of(1, -2, 0, 0.5, 254, 1), [2, 3], 0)
    expect([...integers]).toEqual([64, -127, 0, 0, 127, 1])
    expect([...scales]).toEqual([Math.fround(2 / 127), 2])
  })

  test('channels of zeros, and of numbers too small for a scale, are zeros', () => {
    const { integers, scales } = quantizeChannels(Float32Array.of(0, 0, -1e-37, 1e-44, 1, -1), [3, 2], 0)
    expect([...integers]).toEqual([0, 0, 0, 0, 127, -127])
    expect([...scales]).toEqual([1, 1, Math.fround(1 / 127)])
  })
})
