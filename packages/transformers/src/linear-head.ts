import { GraphBuilder, type ModelProto } from '@dbloss/onnx-training'
import type { FeatureGraph } from './backbone/feature-graph.ts'
import { extended, partComputing } from './backbone/part-of-graph.ts'

/** A linear classifier: `logits = features · weights + bias`. */
export interface LinearHead {
  /** Row-major [featureCount, classCount]. */
  readonly weights: Float32Array
  /** [classCount] */
  readonly bias: Float32Array
  readonly classCount: number
}

/** Logits, row-major [rows, classCount], of features, row-major [rows, featureCount]; summed in float64. */
export function applyHead({ weights, bias, classCount }: LinearHead, features: Float32Array): Float32Array {
  const featureCount = weights.length / classCount
  const rows = features.length / featureCount
  const logits = new Float32Array(rows * classCount)
  const sums = new Float64Array(classCount)
  for (let row = 0; row < rows; row++) {
    sums.set(bias)
    for (let feature = 0; feature < featureCount; feature++) {
      const value = features[row * featureCount + feature]!
      const offset = feature * classCount
      for (let index = 0; index < classCount; index++) sums[index]! += value * weights[offset + index]!
    }
    logits.set(sums, row * classCount)
  }
  return logits
}

/** The names of the initializers that {@link attachHead} adds. */
export const headWeightNames = { weights: 'dbloss-head/weights', bias: 'dbloss-head/bias' } as const

/** One model `pixel_values` → `logits` from the features and a head on them. */
export function attachHead(graph: FeatureGraph, head: LinearHead): ModelProto {
  const { weights, bias, classCount } = head
  const builder = new GraphBuilder('dbloss-head')
  const featureCount = weights.length / classCount
  const logits = builder.node('Gemm', [
    graph.output,
    builder.initializer(headWeightNames.weights, weights, [featureCount, classCount]),
    builder.initializer(headWeightNames.bias, bias, [classCount]),
  ])
  builder.output('logits', logits, 'float', ['batch', classCount])
  return extended(partComputing(graph.model, graph.output, featureCount), builder.toModel())
}
