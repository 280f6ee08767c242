import { GraphBuilder, graphOf, type ModelProto, readModelFile } from '@dbloss/onnx-training'
import * as ort from 'onnxruntime-node'

/** A model of a file with a head for other classes. */
export interface OwnModel {
  readonly model: ModelProto
  /** Width and height of the pictures that it takes, in pixels. */
  readonly pictureSize: number
  /** For `createTrainer`: the sizes of axes that the model leaves open. */
  readonly dimensions: Readonly<Record<string, number>>
}

/** Where a model takes pictures of any size. */
const usualSize = 224

/**
 * Reads a vision model and puts a new linear head on its first output: features [batch, F], tokens [batch, T, F] or maps
 * [batch, F, height, width], of which the mean is taken.
 *
 * @throws Error for a model with other inputs than `pixel_values` [batch, 3, height, width].
 */
export async function readOwnModel(path: string, classCount: number): Promise<OwnModel> {
  const model = await readModelFile(path)
  const { input, initializer } = graphOf(model)
  const inputs = input.filter(({ name }) => !initializer.some((tensor) => tensor.name === name))
  const dims = inputs[0]?.type?.tensorType?.shape?.dim
  if (inputs.length !== 1 || inputs[0]?.name !== 'pixel_values' || dims?.length !== 4) {
    const names = inputs.map(({ name }) => name).join(', ')
    throw new Error(`${path} has the inputs ${names}; expected pixel_values [batch, 3, height, width]`)
  }
  const pictureSize = dims[2]?.dimValue || usualSize
  const sizes = [3, pictureSize, pictureSize]
  const open = dims.slice(1).flatMap(({ dimParam = '' }, axis) => (dimParam === '' ? [] : [[dimParam, sizes[axis]!]]))
  const outputDims = await firstOutputDims(path, pictureSize)
  return { model: withHead(model, outputDims, classCount), pictureSize, dimensions: Object.fromEntries(open) }
}

/** What a grey picture becomes. */
async function firstOutputDims(path: string, size: number): Promise<readonly number[]> {
  const session = await ort.InferenceSession.create(path)
  const pixels = new Float32Array(3 * size * size)
  const outputs = await session.run({ pixel_values: new ort.Tensor('float32', pixels, [1, 3, size, size]) })
  await session.release()
  return outputs[session.outputNames[0]!]!.dims
}

/** All heads start at 0, and learn at once: the gradient of a linear layer does not depend on its own weights. */
function withHead(model: ModelProto, outputDims: readonly number[], classCount: number): ModelProto {
  const graph = graphOf(model)
  const builder = GraphBuilder.like('head', model)
  builder.adoptPart({ graph }, graph.node)
  const output = graph.output[0]!.name!
  const isMap = outputDims.length === 4
  const features =
    outputDims.length === 2
      ? output
      : builder.reduce('ReduceMean', output, isMap ? [2, 3] : [1], { keepDimensions: false })
  const featureCount = isMap ? outputDims[1]! : outputDims.at(-1)!
  const weights = [
    builder.initializer('new_head.weight', new Float32Array(featureCount * classCount), [featureCount, classCount]),
    builder.initializer('new_head.bias', new Float32Array(classCount), [classCount]),
  ]
  builder.output('new_logits', builder.node('Gemm', [features, ...weights]), 'float', ['batch', classCount])
  return builder.toModel()
}
