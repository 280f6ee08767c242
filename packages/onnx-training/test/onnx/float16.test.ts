import { describe, expect, test } from 'vitest'
import { floatsOfHalves, halvesOfFloats } from '../../src/onnx/index.ts'

const everyHalf = Uint16Array.from({ length: 65_536 }, (_, bits) => bits)

describe('float16', () => {
  // IEEE 754-2008, binary16: examples of its encodings.
  test.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('%i is %d', (bits, value) => {
    expect(floatsOfHalves(Uint16Array.of(bits))[0]).toBe(value)
    expect(halvesOfFloats([value])[0]).toBe(bits)
  })

  test('every half goes to a number and back', () => {
    const back = halvesOfFloats(floatsOfHalves(everyHalf))
    const changed = everyHalf.filter((bits, index) => {
      const isNoNumber = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0
      return isNoNumber ? (back[index]! & 0x7fff) <= 0x7c00 : back[index] !== bits
    })
    expect([...changed]).toEqual([])
  })

  test('rounds to the nearest, ties to even', () => {
    const step = 2 ** -10
    expect([
      ...floatsOfHalves(
        halvesOfFloats([1 + 0.5 * step, 1 + 1.5 * step, 1 + 0.51 * step, 65_519, 65_520, 2 ** -25, 1.5 * 2 ** -24]),
      ),
    ]).toEqual([1, 1 + 2 * step, 1 + step, 65_504, Number.POSITIVE_INFINITY, 0, 2 ** -23])
  })
})
