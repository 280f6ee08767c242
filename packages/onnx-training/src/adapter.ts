import {
  type Adapter,
  type Batch,
  type CompiledLoss,
  checkBatch,
  type Evaluation,
  type Loss,
  shapeOf,
} from '@dbloss/core'
import { createHeadTrainer } from './head-trainer.ts'
import { lossModel } from './loss-model.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Ort, OrtSessionOptions, OrtTensor } from './ort.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'

/** What {@link onnxAdapter} needs. */
export interface OnnxAdapterOptions {
  /** The runtime, as `import * as ort from 'onnxruntime-node'`. */
  readonly ort: Ort
  /** Default `float32`. */
  readonly precision?: GraphPrecision
  /** Default `onnx-` and the precision. */
  readonly name?: string
  /** Passed through to the runtime; names the execution providers. */
  readonly sessionOptions?: OrtSessionOptions
}

/** ONNX Runtime as a target of every loss: one graph with the value, the elements and the gradient. */
export function onnxAdapter({
  ort,
  precision = 'float32',
  name = `onnx-${precision}`,
  sessionOptions,
}: OnnxAdapterOptions): Adapter {
  const { InferenceSession, Tensor } = oneAtATime(ort)
  const tensor = (values: ArrayLike<number>, dims: readonly number[]): OrtTensor =>
    new Tensor(precisions[precision].tensor, toPrecision(values, precision), dims)

  async function compile(loss: Loss): Promise<CompiledLoss> {
    const session = await InferenceSession.create(lossModel(loss, { precision }), sessionOptions)
    return {
      async evaluate(batch: Batch): Promise<Evaluation> {
        const classCount = checkBatch(loss, batch)
        const { logits, labels, batchSize, inputs = {} } = batch
        const further = Object.entries(loss.inputs).map(
          ([key, extent]) => [key, tensor(inputs[key]!, shapeOf(extent, batchSize, classCount))] as const,
        )
        const outputs = await session.run({
          logits: tensor(logits, [batchSize, classCount]),
          labels: tensor(labels, [batchSize, classCount]),
          ...Object.fromEntries(further),
        })
        return {
          value: numbers(outputs.loss!)[0]!,
          gradient: numbers(outputs.dLogits!),
          ...(outputs.elements === undefined ? {} : { elements: numbers(outputs.elements) }),
        }
      },
      async dispose() {
        await session.release?.()
      },
    }
  }

  return {
    name,
    precision,
    supports: { elements: true, optimizer: true },
    compile,
    async trainHead(loss, { featureCount, classCount, weights, bias, optimizer }) {
      const trainer = await createHeadTrainer({
        ort,
        loss,
        featureCount,
        classCount,
        optimizer,
        precision,
        initial: { weights, bias },
        ...(sessionOptions === undefined ? {} : { sessionOptions }),
      })
      return {
        step: async (batch) => (await trainer.step(batch)).loss,
        read: async () => trainer.read(),
        dispose: () => trainer.dispose(),
      }
    },
  }
}

function numbers(tensor: OrtTensor): Float32Array | Float64Array {
  return tensor.data as Float32Array | Float64Array
}
