/**
 * The messages of the ONNX format (onnx.proto, IR version 8), as plain objects with the names of the format in camel case.
 * Fields that this project does not know are kept as they are.
 */

/** What every message may carry: fields that are unknown here, encoded. */
export interface ProtoMessage {
  unknownFields?: Uint8Array[]
}

/** A version of an operator set. */
export interface OperatorSetIdProto extends ProtoMessage {
  domain?: string
  version?: number
}

/** A key with its value, as in a model's metadata and in a tensor's external data. */
export interface StringStringEntryProto extends ProtoMessage {
  key?: string
  value?: string
}

/** A tensor with its data: an initializer or an attribute. Read it with `tensorData`. */
export interface TensorProto extends ProtoMessage {
  dims: number[]
  /** See {@link DATA_TYPE}. */
  dataType?: number
  floatData?: ArrayLike<number>
  int32Data?: ArrayLike<bigint>
  stringData?: Uint8Array[]
  int64Data?: ArrayLike<bigint>
  name?: string
  docString?: string
  /** Little-endian, row-major. */
  rawData?: Uint8Array
  doubleData?: ArrayLike<number>
  uint64Data?: ArrayLike<bigint>
  externalData?: StringStringEntryProto[]
  /** 1 when the data lies in another file. */
  dataLocation?: number
}

/** A dimension: a number, or the name of one that is known at run time. */
export interface DimensionProto extends ProtoMessage {
  dimValue?: number
  dimParam?: string
  denotation?: string
}

/** The shape of a tensor. */
export interface TensorShapeProto extends ProtoMessage {
  dim: DimensionProto[]
}

/** The type of a tensor: element type and shape. */
export interface TensorTypeProto extends ProtoMessage {
  elemType?: number
  shape?: TensorShapeProto
}

/** A type; other kinds than tensors are kept as unknown fields. */
export interface TypeProto extends ProtoMessage {
  tensorType?: TensorTypeProto
}

/** A named value of a graph with its type: an input or an output. */
export interface ValueInfoProto extends ProtoMessage {
  name?: string
  type?: TypeProto
  docString?: string
}

/** An attribute of a node; which field holds it depends on its type. */
export interface AttributeProto extends ProtoMessage {
  name?: string
  refAttrName?: string
  docString?: string
  /** See {@link ATTRIBUTE_TYPE}. */
  type?: number
  f?: number
  i?: bigint
  s?: Uint8Array
  t?: TensorProto
  g?: GraphProto
  floats?: number[]
  ints?: bigint[]
  strings?: Uint8Array[]
  tensors?: TensorProto[]
  graphs?: GraphProto[]
}

/** One operation of a graph. */
export interface NodeProto extends ProtoMessage {
  /** Names of values; '' stands for an input that is left out. */
  input: string[]
  output: string[]
  name?: string
  opType?: string
  domain?: string
  attribute: AttributeProto[]
  docString?: string
}

/** A graph: nodes in topological order, initializers, inputs and outputs. */
export interface GraphProto extends ProtoMessage {
  node: NodeProto[]
  name?: string
  initializer: TensorProto[]
  docString?: string
  input: ValueInfoProto[]
  output: ValueInfoProto[]
  valueInfo: ValueInfoProto[]
}

/** A model: a graph with the versions that it is written in. */
export interface ModelProto extends ProtoMessage {
  irVersion?: number
  producerName?: string
  producerVersion?: string
  domain?: string
  modelVersion?: bigint
  docString?: string
  graph?: GraphProto
  opsetImport: OperatorSetIdProto[]
  metadataProps: StringStringEntryProto[]
}

/** The element types of tensors, by their names in the format. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const

/** The types of attributes, by the field that holds them. */
export const ATTRIBUTE_TYPE = { f: 1, i: 2, s: 3, t: 4, g: 5, floats: 6, ints: 7, strings: 8 } as const
