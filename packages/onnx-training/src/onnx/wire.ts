/** The four wire types of protobuf that ONNX uses. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

/** How a field is encoded; groups, an early form of nested messages, do not occur in ONNX. */
export type Wire = (typeof WIRE)[keyof typeof WIRE]
