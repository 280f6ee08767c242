/** The numbers of IEEE 754 half-precision bits. */
export function floatsOfHalves(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1
    const exponent = (half >> 10) & 0x1f
    const fraction = half & 0x3ff
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  })
}

/** The half-precision bits nearest to numbers, ties to even; ±∞ beyond 65,519. */
export function halvesOfFloats(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from({ length: values.length }, (_, index) => halfOf(values[index]!))
}

const INFINITY = 0x7c00

function halfOf(value: number): number {
  const sign = Object.is(value, -0) || value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  if (Number.isNaN(value)) return 0x7e00
  if (size === 0) return sign
  if (size >= 65_520) return sign | INFINITY
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  // The fraction counts in steps of 2^(exponent − 10); a fraction that rounds up to 2048 carries into the exponent by itself.
  const steps = roundToEven(size * 2 ** (10 - exponent))
  const bits = exponent === -14 && steps < 1024 ? steps : ((exponent + 15) << 10) + steps - 1024
  return sign | bits
}

function roundToEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded
}
