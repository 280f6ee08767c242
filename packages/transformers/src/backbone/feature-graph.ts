import { DblossError } from '@dbloss/core'
import {
  DATA_TYPE,
  describeNode,
  GraphBuilder,
  graphOf,
  ModelGraph,
  type ModelProto,
  type ValueInfoProto,
} from '@dbloss/onnx-training'
import { findHead } from './feature-cut.ts'
import type { ModelConfig } from './model-files.ts'
import { extended, partComputing } from './part-of-graph.ts'
import { type PooledModel, type Pooling, pool, poolings } from './pooling.ts'

/** A model cut down to what computes one feature vector an image: `pixel_values` → features. */
export interface FeatureGraph {
  readonly model: ModelProto
  /** The value that holds the features, float32 [batch, features]; the only output. */
  readonly output: string
  /** Where the features come from, as `pooler_output` or `the input of Gemm 'classifier'`. */
  readonly description: string
}

/**
 * Finds the features of an exported vision model: of a base export by pooling, of a classifier export by cutting the graph
 * before its linear head.
 *
 * @param name the model as the user named it, for messages.
 * @throws DblossError `model` for nodes without an order, inputs other than `pixel_values` [batch, …] in float32, and heads
 * that {@link findHead} refuses; `argument` for an unknown pooling, and for one of a classifier export.
 */
export function featureGraph(model: ModelProto, config: ModelConfig, pooling: Pooling, name: string): FeatureGraph {
  if (!poolings.includes(pooling)) {
    throw new DblossError('argument', `pooling is ${pooling}; expected ${poolings.join(', ')}`, {
      argument: 'pooling',
      found: pooling,
      expected: poolings.join(', '),
    })
  }
  const modelGraph = new ModelGraph(model)
  const { graph, initializers } = modelGraph
  checkInputs(graph.input.filter((input) => !initializers.has(input.name ?? '')))

  const outputs = graph.output.map((output) => output.name)
  const isClassifier = outputs.includes('logits')
  if (isClassifier && (pooling === 'auto' || outputs.length === 1)) {
    if (pooling !== 'auto') {
      throw new DblossError(
        'argument',
        `pooling is ${pooling} but ${name} is a classifier export, which has logits only`,
        {
          argument: 'pooling',
          found: pooling,
          expected: 'auto, or a base export',
        },
      )
    }
    const { features, node } = findHead(modelGraph, 'logits')
    return cutTo({ model, features, description: `the input of ${describeNode(node)}` })
  }
  return cutTo(pool(model, pooling, config))
}

function cutTo({ model, features, description }: PooledModel): FeatureGraph {
  const isHalf = graphOf(model).initializer.some(({ dataType }) => dataType === DATA_TYPE.float16)
  if (!isHalf) return { model: partComputing(model, features, 'features'), output: features, description }
  const builder = new GraphBuilder('dbloss-float32')
  const output = builder.node('Cast', [features], { to: DATA_TYPE.float })
  return { model: partComputing(extended(model, builder.toModel()), output, 'features'), output, description }
}

function checkInputs(inputs: readonly ValueInfoProto[]): void {
  const [input] = inputs
  const names = inputs.map(({ name }) => name).join(', ')
  const tensor = input?.type?.tensorType
  const problem =
    inputs.length !== 1 || input?.name !== 'pixel_values'
      ? `has the inputs ${names || 'none'}`
      : tensor?.elemType !== DATA_TYPE.float
        ? `takes pixel_values of element type ${tensor?.elemType}`
        : tensor.shape?.dim[0]?.dimValue !== undefined
          ? `takes batches of exactly ${tensor.shape.dim[0].dimValue}`
          : undefined
  if (problem === undefined) return
  const expected = 'one input pixel_values, float32, with a dynamic batch size'
  throw new DblossError('model', `the model ${problem}; expected ${expected}`, {
    argument: 'model',
    found: problem,
    expected,
  })
}
