import type { GraphBuilder } from '@dbloss/onnx-training'
import { numbers } from '../../support/models.ts'

/** Writes the layers of vision models with random weights, as exporters write them. */
export class Layers {
  readonly graph: GraphBuilder
  #seed = 0

  constructor(graph: GraphBuilder) {
    this.graph = graph
  }

  /** Random weights, small enough that values keep their size through a layer. */
  weights(shape: readonly number[], scale = 1 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b, 1))): string {
    const data = numbers(
      shape.reduce((a, b) => a * b, 1),
      ++this.#seed,
    ).map((value) => value * scale)
    return this.graph.constant(data, shape)
  }

  scalar(value: number): string {
    return this.graph.constant(Float32Array.of(value), [])
  }

  /** x W + b over the last axis, as a MatMul and an Add. */
  linear(x: string, inputs: number, outputs: number): string {
    const product = this.graph.node('MatMul', [x, this.weights([inputs, outputs], 1 / Math.sqrt(inputs))])
    return this.graph.node('Add', [this.weights([outputs], 0.1), product])
  }

  layerNorm(x: string, size: number): string {
    return this.graph.node('LayerNormalization', [x, this.positive(size), this.weights([size], 0.1)], { axis: -1 })
  }

  batchNorm(x: string, channels: number): string {
    const [scale, mean, variance] = [this.positive(channels), this.weights([channels], 0.1), this.positive(channels)]
    return this.graph.node('BatchNormalization', [x, scale, this.weights([channels], 0.1), mean, variance])
  }

  positive(size: number): string {
    return this.graph.constant(
      numbers(size, ++this.#seed).map((value) => 1 + value / 4),
      [size],
    )
  }

  conv(
    x: string,
    inputs: number,
    outputs: number,
    { kernel = 1, stride = 1, group = 1 }: { kernel?: number; stride?: number; group?: number } = {},
  ): string {
    const pads = stride === kernel ? 0 : Math.floor(kernel / 2)
    const weights = this.weights([outputs, inputs / group, kernel, kernel])
    return this.graph.node('Conv', [x, weights, this.weights([outputs], 0.1)], {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pads, pads, pads, pads],
      group,
    })
  }

  add(a: string, b: string): string {
    return this.graph.node('Add', [a, b])
  }

  mul(a: string, b: string): string {
    return this.graph.node('Mul', [a, b])
  }

  silu(x: string): string {
    return this.mul(x, this.graph.node('Sigmoid', [x]))
  }

  relu6(x: string): string {
    return this.graph.node('Clip', [x, this.scalar(0), this.scalar(6)])
  }

  /** ½ x (1 + erf(x / √2)) */
  gelu(x: string): string {
    const error = this.graph.node('Erf', [this.graph.node('Div', [x, this.scalar(Math.SQRT2)])])
    return this.mul(this.mul(x, this.add(error, this.scalar(1))), this.scalar(0.5))
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.graph.node('Reshape', [x, this.graph.integers(shape)])
  }

  transpose(x: string, perm: readonly number[]): string {
    return this.graph.node('Transpose', [x], { perm })
  }

  slice(x: string, axis: number, start: number, end = Number.MAX_SAFE_INTEGER, step = 1): string {
    const [starts, ends, axes, steps] = [[start], [end], [axis], [step]].map((each) => this.graph.integers(each))
    return this.graph.node('Slice', [x, starts!, ends!, axes!, steps!])
  }

  concat(values: readonly string[], axis: number): string {
    return this.graph.node('Concat', values, { axis })
  }

  /** The token at a place, [batch, size]. */
  token(x: string, index: number): string {
    return this.graph.node('Gather', [x, this.graph.integers(index)], { axis: 1 })
  }

  /** [batch, tokens, size] → [batch, size] */
  meanOfTokens(x: string): string {
    return this.graph.node('ReduceMean', [x], { axes: [1], keepdims: 0 })
  }

  /** [batch, channels, height, width] → [batch, channels] */
  meanOfMap(x: string): string {
    return this.graph.node('Flatten', [this.graph.node('GlobalAveragePool', [x])], { axis: 1 })
  }

  /**
   * Attention of [batch, tokens, size]. `rotate` changes queries and keys, [batch, heads, tokens, head size]; `cosine` scales
   * them to length 1, as SwinV2 does; `bias` is added to the scores.
   */
  attention(
    x: string,
    size: number,
    heads: number,
    { rotate = (value) => value, cosine = false, bias }: AttentionOptions = {},
  ): string {
    const split = (perm: readonly number[]) =>
      this.transpose(this.reshape(this.linear(x, size, size), [0, -1, heads, size / heads]), perm)
    const unit = (value: string) => {
      if (!cosine) return value
      return this.graph.node('Div', [value, this.graph.node('ReduceL2', [value], { axes: [3], keepdims: 1 })])
    }
    const queries = unit(rotate(split([0, 2, 1, 3])))
    const keys = this.transpose(unit(rotate(split([0, 2, 1, 3]))), [0, 1, 3, 2])
    const scale = cosine ? 10 : 1 / Math.sqrt(size / heads)
    const scores = this.mul(this.graph.node('MatMul', [queries, keys]), this.scalar(scale))
    const shares = this.graph.node('Softmax', [bias === undefined ? scores : this.add(scores, bias)], { axis: -1 })
    const mixed = this.graph.node('MatMul', [shares, split([0, 2, 1, 3])])
    return this.linear(this.reshape(this.transpose(mixed, [0, 2, 1, 3]), [0, -1, size]), size, size)
  }

  mlp(x: string, size: number): string {
    return this.linear(this.gelu(this.linear(x, size, 4 * size)), 4 * size, size)
  }
}

/** What families do with attention. */
export interface AttentionOptions {
  readonly rotate?: (value: string) => string
  readonly cosine?: boolean
  readonly bias?: string
}
