import { ATTRIBUTE_TYPE, type AttributeProto, type TensorProto } from './types.ts'

/** The value of an attribute: integers are numbers or bigints, floats are marked by {@link float}. */
export type AttributeValue = number | bigint | string | readonly number[] | TensorProto | FloatAttribute

/** A float attribute; plain numbers are written as integers. */
export interface FloatAttribute {
  readonly float: number
}

/** Marks an attribute as a float, as `{ alpha: float(0.01) }`. */
export function float(value: number): FloatAttribute {
  return { float: value }
}

/** An attribute in the form of the format; its type follows from the value. */
export function encodeAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { name, type: ATTRIBUTE_TYPE.i, i: BigInt(value) }
  }
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPE.s, s: new TextEncoder().encode(value) }
  if (Array.isArray(value)) return { name, type: ATTRIBUTE_TYPE.ints, ints: value.map(BigInt) }
  if ('float' in value) return { name, type: ATTRIBUTE_TYPE.f, f: value.float }
  return { name, type: ATTRIBUTE_TYPE.t, t: value as TensorProto }
}
