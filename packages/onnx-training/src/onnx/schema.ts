import { WIRE, type Wire } from './wire.ts'

/** How a field is encoded: a scalar, or the name of a message. */
export type FieldKind = 'number' | 'bigint' | 'string' | 'bytes' | 'float' | 'double' | MessageName

/** A field of a message. `number` and `bigint` are both varints; sizes and versions are numbers, data is bigint. */
export interface FieldSchema {
  readonly name: string
  readonly kind: FieldKind
  readonly repeated?: 'unpacked' | 'packed'
}

/** The messages that the codec knows. */
export type MessageName =
  | 'Model'
  | 'OperatorSetId'
  | 'StringStringEntry'
  | 'Graph'
  | 'Node'
  | 'Attribute'
  | 'Tensor'
  | 'ValueInfo'
  | 'Type'
  | 'TensorType'
  | 'TensorShape'
  | 'Dimension'

const one = (name: string, kind: FieldKind): FieldSchema => ({ name, kind })
const many = (name: string, kind: FieldKind): FieldSchema => ({ name, kind, repeated: 'unpacked' })
const packed = (name: string, kind: FieldKind): FieldSchema => ({ name, kind, repeated: 'packed' })

/** onnx.proto: the fields of each message by number. Repeated numbers are packed where the format says so. */
export const schema: Readonly<Record<MessageName, Readonly<Record<number, FieldSchema>>>> = {
  Model: {
    1: one('irVersion', 'number'),
    2: one('producerName', 'string'),
    3: one('producerVersion', 'string'),
    4: one('domain', 'string'),
    5: one('modelVersion', 'bigint'),
    6: one('docString', 'string'),
    7: one('graph', 'Graph'),
    8: many('opsetImport', 'OperatorSetId'),
    14: many('metadataProps', 'StringStringEntry'),
  },
  OperatorSetId: { 1: one('domain', 'string'), 2: one('version', 'number') },
  StringStringEntry: { 1: one('key', 'string'), 2: one('value', 'string') },
  Graph: {
    1: many('node', 'Node'),
    2: one('name', 'string'),
    5: many('initializer', 'Tensor'),
    10: one('docString', 'string'),
    11: many('input', 'ValueInfo'),
    12: many('output', 'ValueInfo'),
    13: many('valueInfo', 'ValueInfo'),
  },
  Node: {
    1: many('input', 'string'),
    2: many('output', 'string'),
    3: one('name', 'string'),
    4: one('opType', 'string'),
    5: many('attribute', 'Attribute'),
    6: one('docString', 'string'),
    7: one('domain', 'string'),
  },
  Attribute: {
    1: one('name', 'string'),
    2: one('f', 'float'),
    3: one('i', 'bigint'),
    4: one('s', 'bytes'),
    5: one('t', 'Tensor'),
    6: one('g', 'Graph'),
    7: many('floats', 'float'),
    8: many('ints', 'bigint'),
    9: many('strings', 'bytes'),
    10: many('tensors', 'Tensor'),
    11: many('graphs', 'Graph'),
    13: one('docString', 'string'),
    20: one('type', 'number'),
    21: one('refAttrName', 'string'),
  },
  Tensor: {
    1: many('dims', 'number'),
    2: one('dataType', 'number'),
    4: packed('floatData', 'float'),
    5: packed('int32Data', 'bigint'),
    6: many('stringData', 'bytes'),
    7: packed('int64Data', 'bigint'),
    8: one('name', 'string'),
    9: one('rawData', 'bytes'),
    10: packed('doubleData', 'double'),
    11: packed('uint64Data', 'bigint'),
    12: one('docString', 'string'),
    13: many('externalData', 'StringStringEntry'),
    14: one('dataLocation', 'number'),
  },
  ValueInfo: { 1: one('name', 'string'), 2: one('type', 'Type'), 3: one('docString', 'string') },
  Type: { 1: one('tensorType', 'TensorType') },
  TensorType: { 1: one('elemType', 'number'), 2: one('shape', 'TensorShape') },
  TensorShape: { 1: many('dim', 'Dimension') },
  Dimension: { 1: one('dimValue', 'number'), 2: one('dimParam', 'string'), 3: one('denotation', 'string') },
}

/** The repeated fields that are present also when empty, so that readers need not ask. */
export const alwaysPresent: Readonly<Partial<Record<MessageName, readonly string[]>>> = {
  Model: ['opsetImport', 'metadataProps'],
  Graph: ['node', 'initializer', 'input', 'output', 'valueInfo'],
  Node: ['input', 'output', 'attribute'],
  Tensor: ['dims'],
  TensorShape: ['dim'],
}

/** How single values of a field are encoded. */
export function wireOf({ kind }: FieldSchema): Wire {
  if (kind === 'number' || kind === 'bigint') return WIRE.varint
  if (kind === 'float') return WIRE.fixed32
  return kind === 'double' ? WIRE.fixed64 : WIRE.bytes
}
