import { DATA_TYPE, type ModelProto, makeTensor, type TensorProto } from '../onnx/index.ts'
import { makeHalfTensor } from '../onnx/tensor.ts'
import { withInitializers } from '../onnx/with-initializers.ts'

/** A model with other values of some weights, each in the element type that it has; all else is shared with the original. */
export function withWeights(model: ModelProto, weights: ReadonlyMap<string, Float32Array | Float64Array>): ModelProto {
  return withInitializers(model, (tensor) => {
    const values = weights.get(tensor.name!)
    return values === undefined ? tensor : withValues(tensor, values)
  })
}

function withValues({ name = '', dims, dataType }: TensorProto, values: Float32Array | Float64Array): TensorProto {
  const make = dataType === DATA_TYPE.float16 ? makeHalfTensor : makeTensor
  return make(name, values, dims)
}
