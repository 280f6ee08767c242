import { DblossError } from '@dbloss/core'
import { GraphBuilder, type GraphProto, graphOf, type ModelProto } from '@dbloss/onnx-training'
import { type FixedPooling, familyOf } from './families.ts'
import type { ModelConfig } from './model-files.ts'
import { extended } from './part-of-graph.ts'

/**
 * How the output of a base export becomes one vector an image.
 *
 * - `pooler`: the model's own `pooler_output`, or `image_embeds` where it has only that. A map [batch, channels, 1, 1] is
 *   flattened.
 * - `cls`: the first token of `last_hidden_state`.
 * - `mean`: the mean over the patch tokens, or over all places of a map [batch, channels, height, width]. Class and register
 *   tokens are left out where `model_type` says that there are such.
 * - `cls+mean`: the first token, followed by the mean over the patch tokens, as DINOv2's linear classifiers use it.
 * - `auto`: what the classifiers of the model's family use, as far as the export has it: `cls` for ViT, `cls+mean` for DINO,
 *   `pooler` and else `cls` for CLIP, `pooler` and else `mean` for models without a class token and unknown ones; `mean` for
 *   maps without a pooler.
 */
export type Pooling = 'auto' | FixedPooling

export const poolings: readonly Pooling[] = ['auto', 'cls', 'mean', 'cls+mean', 'pooler']

/** A model and the value in it that holds the features, [batch, features]. */
export interface PooledModel {
  readonly model: ModelProto
  readonly features: string
  /** What was done, as `mean of last_hidden_state`. */
  readonly description: string
}

const hidden = 'last_hidden_state'

/**
 * Adds the pooling to a base export.
 *
 * @throws DblossError `model` when the model has not the outputs that the pooling needs, or no class token.
 */
export function pool(model: ModelProto, pooling: Pooling, config: ModelConfig): PooledModel {
  const graph = graphOf(model)
  const outputs = graph.output.map(({ name }) => name!)
  const pooler = ['pooler_output', 'image_embeds'].find((name) => outputs.includes(name))
  const hasHidden = outputs.includes(hidden)
  const chosen = pooling === 'auto' ? automatic(graph, config, pooler !== undefined, hasHidden) : pooling
  if (chosen === 'pooler') {
    if (pooler === undefined) throw lacks('pooler_output', outputs)
    return pooledMap(model, pooler)
  }
  if (!hasHidden) throw lacks(`logits, pooler_output or ${hidden}`, outputs)
  const builder = new GraphBuilder('dbloss-pooling')
  const isMap = rankOf(graph, hidden) === 4
  if (chosen !== 'mean') checkClassToken(chosen, isMap, config)
  const features = isMap ? meanOverPlaces(builder, hidden) : poolTokens(builder, chosen, config)
  return { model: extended(model, builder.toModel()), features, description: `${chosen} of ${hidden}` }
}

function automatic(graph: GraphProto, config: ModelConfig, hasPooler: boolean, hasHidden: boolean): FixedPooling {
  const hasTokens = hasHidden && rankOf(graph, hidden) === 3
  const isThere = (pooling: FixedPooling) => {
    if (pooling === 'pooler') return hasPooler
    return pooling === 'mean' ? hasHidden : hasTokens
  }
  return familyOf(config.model_type).auto.find(isThere) ?? 'mean'
}

function checkClassToken(pooling: FixedPooling, isMap: boolean, { model_type: type }: ModelConfig): void {
  if (!isMap && familyOf(type).hasClassToken !== false) return
  const reason = isMap ? `${hidden} is a map without a class token` : `models of type ${type} have no class token`
  throw new DblossError('model', `pooling is ${pooling} but ${reason}`, {
    argument: 'pooling',
    found: pooling,
    expected: 'auto or mean',
  })
}

/** ResNet has a pooler whose vectors are maps of one place. */
function pooledMap(model: ModelProto, pooler: string): PooledModel {
  if (dimensionsOf(graphOf(model), pooler) !== 4) return { model, features: pooler, description: pooler }
  const builder = new GraphBuilder('dbloss-pooling')
  const features = meanOverPlaces(builder, pooler)
  return { model: extended(model, builder.toModel()), features, description: pooler }
}

function poolTokens(builder: GraphBuilder, pooling: FixedPooling, config: ModelConfig): string {
  const registerCount = Number(config.num_register_tokens ?? 0)
  const { hasClassToken = false } = familyOf(config.model_type)
  if (pooling === 'mean') return meanOverTokens(builder, tokensFrom(builder, hasClassToken ? 1 + registerCount : 0))
  const classToken = builder.node('Gather', [hidden, builder.integers(0)], { axis: 1 })
  if (pooling === 'cls') return classToken
  const mean = meanOverTokens(builder, tokensFrom(builder, 1 + registerCount))
  return builder.node('Concat', [classToken, mean], { axis: 1 })
}

function tokensFrom(builder: GraphBuilder, first: number): string {
  if (first === 0) return hidden
  const end = builder.integers([Number.MAX_SAFE_INTEGER])
  return builder.node('Slice', [hidden, builder.integers([first]), end, builder.integers([1])])
}

/** The mean of [batch, tokens, features]. ReduceMean would differ between operator sets; these operations do not. */
function meanOverTokens(builder: GraphBuilder, tokens: string): string {
  return meanOverPlaces(builder, builder.node('Transpose', [tokens], { perm: [0, 2, 1] }))
}

function meanOverPlaces(builder: GraphBuilder, map: string): string {
  return builder.node('Flatten', [builder.node('GlobalAveragePool', [map])], { axis: 1 })
}

function rankOf(graph: GraphProto, output: string): number {
  const rank = dimensionsOf(graph, output)
  if (rank === 3 || rank === 4) return rank
  throw new DblossError('model', `${output} has ${rank ?? 'unknown'} dimensions; expected 3 (tokens) or 4 (a map)`, {
    argument: 'model',
    found: rank,
    expected: '3 or 4 dimensions',
  })
}

function dimensionsOf(graph: GraphProto, output: string): number | undefined {
  return graph.output.find(({ name }) => name === output)?.type?.tensorType?.shape?.dim.length
}

function lacks(expected: string, outputs: readonly string[]): DblossError {
  return new DblossError('model', `the model's outputs are ${outputs.join(', ')}; expected ${expected}`, {
    argument: 'model',
    found: outputs,
    expected,
  })
}
