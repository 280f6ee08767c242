import { DblossError } from '@dbloss/core'
import { GraphBuilder, type GraphProto, graphOf, type ModelProto } from '@dbloss/onnx-training'
import type { ModelConfig } from './model-files.ts'
import { extended } from './part-of-graph.ts'

/**
 * How the output of a base export becomes one vector an image.
 *
 * - `pooler`: the model's own `pooler_output`.
 * - `cls`: the first token of `last_hidden_state`.
 * - `mean`: the mean over all tokens, or over all places of a map [batch, channels, height, width].
 * - `cls+mean`: the first token, followed by the mean over the patch tokens, as DINOv2's linear classifiers use it.
 * - `auto`: `pooler` where the model has it; `mean` for maps and for models without a class token; else `cls+mean` for the
 *   DINO family and `cls` for the rest.
 */
export type Pooling = 'auto' | 'cls' | 'mean' | 'cls+mean' | 'pooler'

export const poolings: readonly Pooling[] = ['auto', 'cls', 'mean', 'cls+mean', 'pooler']

/** Model types whose first token stands for the whole image; which pooling their own classifiers use. */
const classTokenModels: Readonly<Record<string, Pooling>> = {
  beit: 'cls',
  deit: 'cls',
  dinov2: 'cls+mean',
  dinov2_with_registers: 'cls+mean',
  dinov3_vit: 'cls+mean',
  vit: 'cls',
  vit_msn: 'cls',
}

/** A model and the value in it that holds the features, [batch, features]. */
export interface PooledModel {
  readonly model: ModelProto
  readonly features: string
  /** What was done, as `mean of last_hidden_state`. */
  readonly description: string
}

/**
 * Adds the pooling to a base export.
 *
 * @throws DblossError `model` when the model has not the outputs that the pooling needs.
 */
export function pool(model: ModelProto, pooling: Pooling, config: ModelConfig): PooledModel {
  const graph = graphOf(model)
  const outputs = graph.output.map(({ name }) => name!)
  const hasPooler = outputs.includes('pooler_output')
  if (pooling === 'pooler' || (pooling === 'auto' && hasPooler)) {
    if (!hasPooler) throw lacks('pooler_output', outputs)
    return { model, features: 'pooler_output', description: 'pooler_output' }
  }
  if (!outputs.includes('last_hidden_state')) {
    throw lacks('logits, pooler_output or last_hidden_state', outputs)
  }
  const isMap = rankOf(graph, 'last_hidden_state') === 4
  if (isMap && (pooling === 'cls' || pooling === 'cls+mean')) {
    throw new DblossError('model', `pooling is ${pooling} but last_hidden_state is a map without a class token`, {
      argument: 'pooling',
      found: pooling,
      expected: 'auto or mean',
    })
  }
  const byType = isMap ? undefined : classTokenModels[String(config.model_type)]
  const chosen = pooling === 'auto' ? (byType ?? 'mean') : pooling
  const builder = new GraphBuilder('dbloss-pooling')
  const features = isMap
    ? meanOverPlaces(builder, 'last_hidden_state')
    : poolTokens(builder, chosen, Number(config.num_register_tokens ?? 0))
  return { model: extended(model, builder.toModel()), features, description: `${chosen} of last_hidden_state` }
}

function poolTokens(builder: GraphBuilder, pooling: Pooling, registerCount: number): string {
  const tokens = 'last_hidden_state'
  if (pooling === 'mean') return meanOverTokens(builder, tokens)
  const classToken = builder.node('Gather', [tokens, builder.integers(0)], { axis: 1 })
  if (pooling === 'cls') return classToken
  const start = builder.integers([1 + registerCount])
  const end = builder.integers([Number.MAX_SAFE_INTEGER])
  const patches = builder.node('Slice', [tokens, start, end, builder.integers([1])])
  return builder.node('Concat', [classToken, meanOverTokens(builder, patches)], { axis: 1 })
}

/** The mean of [batch, tokens, features]. ReduceMean would differ between operator sets; these operations do not. */
function meanOverTokens(builder: GraphBuilder, tokens: string): string {
  return meanOverPlaces(builder, builder.node('Transpose', [tokens], { perm: [0, 2, 1] }))
}

function meanOverPlaces(builder: GraphBuilder, map: string): string {
  return builder.node('Flatten', [builder.node('GlobalAveragePool', [map])], { axis: 1 })
}

function rankOf(graph: GraphProto, output: string): number {
  const rank = graph.output.find(({ name }) => name === output)?.type?.tensorType?.shape?.dim.length
  if (rank === 3 || rank === 4) return rank
  throw new DblossError('model', `${output} has ${rank ?? 'unknown'} dimensions; expected 3 (tokens) or 4 (a map)`, {
    argument: 'model',
    found: rank,
    expected: '3 or 4 dimensions',
  })
}

function lacks(expected: string, outputs: readonly string[]): DblossError {
  return new DblossError('model', `the model's outputs are ${outputs.join(', ')}; expected ${expected}`, {
    argument: 'model',
    found: outputs,
    expected,
  })
}
