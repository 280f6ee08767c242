import type { InputSource, Loss } from '@dbloss/core'
import {
  adamW,
  createTrainer,
  graphOf,
  type ModelProto,
  type Schedule,
  type Trainer,
  tensorData,
  type WeightChoice,
} from '@dbloss/onnx-training'
import { RawImage } from '@huggingface/transformers'
import type { Backbone } from '../backbone/backbone.ts'
import { attachHead, headWeightNames, type LinearHead } from '../linear-head.ts'

/** What {@link createBlockTrainer} needs. */
export interface BlockTrainerOptions {
  readonly backbone: Backbone
  /** For raw features. */
  readonly head: LinearHead
  readonly loss: Loss
  /** The source of the loss's further inputs, where it has any. */
  readonly inputSource?: InputSource
  readonly trainableBlocks: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly averageDecay?: number | undefined
  readonly schedule?: Schedule
}

/**
 * A trainer of the last blocks of a backbone with a head on it.
 *
 * @throws DblossError `argument` when the names of the weights do not tell so many blocks, `model` for operators that cannot be
 * trained, as those of 8-bit weights.
 */
export async function createBlockTrainer(options: BlockTrainerOptions): Promise<Trainer> {
  const { backbone, head, loss, inputSource, trainableBlocks, learningRate, weightDecay, averageDecay, schedule } =
    options
  return createTrainer({
    ort: backbone.ort,
    model: attachHead(backbone.graph, head),
    trainable: { lastBlocks: trainableBlocks },
    loss,
    optimizer: adamW({ learningRate, weightDecay }),
    dimensions: await imageDimensions(backbone),
    ...(inputSource === undefined ? {} : { inputSource }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
  })
}

/** The weights that are measured and saved. */
export function measuredWeights(averageDecay: number | undefined): WeightChoice {
  return averageDecay === undefined ? 'trained' : 'averaged'
}

/** The head of a trained model. */
export function headOf(model: ModelProto): LinearHead {
  const [weights, bias] = [headWeightNames.weights, headWeightNames.bias].map((wanted) => {
    const tensor = graphOf(model).initializer.find(({ name }) => name === wanted)!
    return Float32Array.from(tensorData(tensor) as Float32Array)
  }) as [Float32Array, Float32Array]
  return { weights, bias, classCount: bias.length }
}

/** The sizes of the axes that the model's input leaves open, as the processor makes images. */
async function imageDimensions({ graph, prepare }: Backbone): Promise<Record<string, number>> {
  const side = 256
  const { dims } = await prepare(new RawImage(new Uint8ClampedArray(side * side * 3), side, side, 3))
  const axes = graphOf(graph.model).input[0]?.type?.tensorType?.shape?.dim.slice(1) ?? []
  return Object.fromEntries(axes.flatMap(({ dimParam }, axis) => (dimParam ? [[dimParam, dims[axis]!]] : [])))
}
