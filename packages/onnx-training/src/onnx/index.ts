export { decodeModel, encodeModel } from './codec.ts'
export {
  type AttributeValue,
  type Dimension,
  type ElementTypeName,
  type FloatAttribute,
  float,
  GraphBuilder,
  OPSET,
  valueInfo,
} from './graph-builder.ts'
export { makeTensor, type TensorData, tensorData } from './tensor.ts'
export * from './types.ts'
