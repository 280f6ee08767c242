export { type AttributeValue, type FloatAttribute, float } from './attribute.ts'
export { checkModel } from './check-model.ts'
export { decodeModel, encodeModel } from './codec.ts'
export { floatsOfHalves, halvesOfFloats } from './float16.ts'
export {
  type Dimension,
  type ElementTypeName,
  GraphBuilder,
  type GraphBuilderOptions,
  OPSET,
  type ReductionOperator,
  valueInfo,
} from './graph-builder.ts'
export { readModelFile } from './model-file.ts'
export { describeNode, graphOf, isStandardDomain, ModelGraph, valuesRead } from './model-graph.ts'
export { makeTensor, type TensorData, type TensorSource, tensorData } from './tensor.ts'
export * from './types.ts'
export { type WriteModelOptions, writeModelFile } from './write-model-file.ts'
