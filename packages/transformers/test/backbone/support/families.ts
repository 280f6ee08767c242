import { GraphBuilder } from '@dbloss/onnx-training'
import { classCount } from '../../support/models.ts'
import { Layers } from './layers.ts'

/** The side of the images that the models here take. */
export const side = 32
const patch = 8
/** The length of a token. */
const size = 16
const heads = 2
const patchCount = (side / patch) ** 2

/** What a base model gives: outputs by name with their number of dimensions, and what its classifier's head reads. */
interface BaseOutputs {
  readonly outputs: readonly (readonly [name: string, value: string, rank: 2 | 3 | 4])[]
  readonly classifierInput: string
  readonly classifierFeatures: number
}

/** A family of vision models: random weights, narrow and shallow, in the layout of the real exports. */
export interface ModelFamily {
  readonly config: Readonly<Record<string, unknown>>
  readonly build: (layers: Layers, pixels: string) => BaseOutputs
  /** What `auto` takes of the base export. */
  readonly auto: string
  /** How many tokens come before those of the patches. */
  readonly prefixTokens?: number
  readonly file?: 'vision_model'
}

/** The base export. */
export function baseExport({ build }: ModelFamily): Uint8Array {
  return modelOf((layers, pixels) => {
    for (const [name, value, rank] of build(layers, pixels).outputs) {
      const shape = ['batch', 'a', 'b', 'c'].slice(0, rank)
      layers.graph.output(name, value, 'float', shape)
    }
  })
}

/** The classifier export, which has `logits` alone. */
export function classifierExport({ build }: ModelFamily): Uint8Array {
  return modelOf((layers, pixels) => {
    const { classifierInput, classifierFeatures } = build(layers, pixels)
    const logits = layers.graph.node(
      'Gemm',
      [classifierInput, layers.weights([classCount, classifierFeatures]), layers.weights([classCount], 0.1)],
      { transB: 1 },
    )
    layers.graph.output('logits', logits, 'float', ['batch', classCount])
  })
}

function modelOf(build: (layers: Layers, pixels: string) => void): Uint8Array {
  const graph = new GraphBuilder('family')
  build(new Layers(graph), graph.input('pixel_values', 'float', ['batch', 3, 'height', 'width']))
  return graph.toBytes()
}

/** [batch, patchCount, size] */
function patches(layers: Layers, pixels: string): string {
  const map = layers.conv(pixels, 3, size, { kernel: patch, stride: patch })
  return layers.transpose(layers.reshape(map, [0, size, -1]), [0, 2, 1])
}

/** Tokens that all images share, before the others. */
function withPrefix(layers: Layers, x: string, count: number): string {
  const { graph } = layers
  const batch = graph.node('Slice', [graph.node('Shape', [x]), graph.integers([0]), graph.integers([1])])
  const shape = graph.node('Concat', [batch, graph.integers([count, size])], { axis: 0 })
  return layers.concat([graph.node('Expand', [layers.weights([1, count, size], 0.5), shape]), x], 1)
}

function positioned(layers: Layers, x: string, tokens: number): string {
  return layers.add(x, layers.weights([1, tokens, size], 0.5))
}

/** Norm, attention, norm, perceptron; `scaled` multiplies each by a learned vector. */
function block(layers: Layers, x: string, scaled: boolean, rotate?: (value: string) => string): string {
  const scale = (value: string) => (scaled ? layers.mul(value, layers.positive(size)) : value)
  const options = rotate === undefined ? {} : { rotate }
  const attended = layers.add(x, scale(layers.attention(layers.layerNorm(x, size), size, heads, options)))
  return layers.add(attended, scale(layers.mlp(layers.layerNorm(attended, size), size)))
}

function vit(layers: Layers, pixels: string): BaseOutputs {
  const embedded = positioned(layers, withPrefix(layers, patches(layers, pixels), 1), patchCount + 1)
  const hidden = layers.layerNorm(block(layers, embedded, false), size)
  const pooled = layers.graph.node('Tanh', [layers.linear(layers.token(hidden, 0), size, size)])
  return {
    outputs: [
      ['last_hidden_state', hidden, 3],
      ['pooler_output', pooled, 2],
    ],
    classifierInput: layers.token(hidden, 0),
    classifierFeatures: size,
  }
}

function dino(registers: number, rotated: boolean): ModelFamily['build'] {
  return (layers, pixels) => {
    const prefix = 1 + registers
    const tokens = withPrefix(layers, patches(layers, pixels), prefix)
    const embedded = rotated ? tokens : positioned(layers, tokens, patchCount + prefix)
    const rotate = rotated ? rotation(layers, prefix) : undefined
    const hidden = layers.layerNorm(block(layers, embedded, true, rotate), size)
    const [first, mean] = [layers.token(hidden, 0), layers.meanOfTokens(layers.slice(hidden, 1, prefix))]
    return {
      outputs: rotated
        ? [
            ['last_hidden_state', hidden, 3],
            ['pooler_output', first, 2],
          ]
        : [['last_hidden_state', hidden, 3]],
      classifierInput: layers.concat([first, mean], 1),
      classifierFeatures: 2 * size,
    }
  }
}

/** Rotary positions of DINOv3: x cos + rotateHalf(x) sin, and nothing for the tokens before the patches. */
function rotation(layers: Layers, prefix: number): (value: string) => string {
  const headSize = size / heads
  const angle = (index: number) => {
    const [token, place] = [Math.floor(index / headSize) - prefix, index % (headSize / 2)]
    return token < 0 ? 0 : (token + 1) / 100 ** ((2 * place) / headSize)
  }
  const table = (of: (angle: number) => number) =>
    layers.graph.constant(
      Float32Array.from({ length: (prefix + patchCount) * headSize }, (_, index) => of(angle(index))),
      [1, 1, prefix + patchCount, headSize],
    )
  return (value) => {
    const negated = layers.graph.node('Neg', [layers.slice(value, 3, headSize / 2)])
    const half = layers.concat([negated, layers.slice(value, 3, 0, headSize / 2)], 3)
    return layers.add(layers.mul(value, table(Math.cos)), layers.mul(half, table(Math.sin)))
  }
}

/** The pooler of SigLIP is attention by a learned query; here with a single head. */
function siglip(layers: Layers, pixels: string): BaseOutputs {
  const hidden = layers.layerNorm(block(layers, positioned(layers, patches(layers, pixels), patchCount), false), size)
  const keys = layers.transpose(layers.linear(hidden, size, size), [0, 2, 1])
  const shares = layers.graph.node('Softmax', [layers.graph.node('MatMul', [layers.weights([1, 1, size]), keys])], {
    axis: -1,
  })
  const mixed = layers.graph.node('MatMul', [shares, layers.linear(hidden, size, size)])
  const probe = layers.add(mixed, layers.mlp(layers.layerNorm(mixed, size), size))
  return {
    outputs: [
      ['last_hidden_state', hidden, 3],
      ['pooler_output', layers.token(probe, 0), 2],
    ],
    classifierInput: layers.meanOfTokens(hidden),
    classifierFeatures: size,
  }
}

function clip(output: 'pooler' | 'projection'): ModelFamily['build'] {
  return (layers, pixels) => {
    const tokens = positioned(layers, withPrefix(layers, patches(layers, pixels), 1), patchCount + 1)
    const hidden = block(layers, layers.layerNorm(tokens, size), false)
    const pooled = layers.layerNorm(layers.token(hidden, 0), size)
    const projected = layers.graph.node('MatMul', [pooled, layers.weights([size, 12], 0.3)])
    return {
      outputs:
        output === 'projection'
          ? [['image_embeds', projected, 2]]
          : [
              ['last_hidden_state', hidden, 3],
              ['pooler_output', pooled, 2],
            ],
      classifierInput: layers.meanOfTokens(layers.slice(hidden, 1, 1)),
      classifierFeatures: size,
    }
  }
}

/** A block of windows, one of shifted windows, and a merging of four patches into one of twice the size. */
function swin(cosine: boolean): ModelFamily['build'] {
  return (layers, pixels) => {
    const [across, window] = [side / patch, 2]
    const bias = () => layers.weights([1, heads, window ** 2, window ** 2], 0.5)
    const shift = (map: string) =>
      [1, 2].reduce((x, axis) => layers.concat([layers.slice(x, axis, 1), layers.slice(x, axis, 0, 1)], axis), map)
    const inWindows = (x: string) => {
      const perm = [0, 1, 3, 2, 4, 5]
      const [rows, sides] = [across / window, [across / window, window]]
      const cut = layers.transpose(layers.reshape(x, [-1, ...sides, ...sides, size]), perm)
      const options = { cosine, bias: bias() }
      const attended = layers.attention(layers.reshape(cut, [-1, window ** 2, size]), size, heads, options)
      const back = layers.reshape(attended, [-1, rows, rows, window, window, size])
      return layers.reshape(layers.transpose(back, perm), [-1, across, across, size])
    }
    const residual = (x: string, change: (value: string) => string) =>
      // SwinV2 normalises what is added, Swin what is read.
      layers.add(x, cosine ? layers.layerNorm(change(x), size) : change(layers.layerNorm(x, size)))
    let map = layers.reshape(layers.layerNorm(patches(layers, pixels), size), [-1, across, across, size])
    for (const moved of [false, true]) {
      map = residual(moved ? shift(map) : map, inWindows)
      map = residual(map, (value) => layers.mlp(value, size))
    }
    const corners = [0, 1].flatMap((column) =>
      [0, 1].map((row) => layers.slice(layers.slice(map, 1, row, undefined, 2), 2, column, undefined, 2)),
    )
    const merged = layers.reshape(layers.concat(corners, 3), [0, -1, 4 * size])
    const hidden = layers.layerNorm(layers.linear(layers.layerNorm(merged, 4 * size), 4 * size, 2 * size), 2 * size)
    const mean = layers.graph.node('GlobalAveragePool', [layers.transpose(hidden, [0, 2, 1])])
    const pooled = layers.graph.node('Flatten', [mean], { axis: 1 })
    return {
      outputs: [
        ['last_hidden_state', hidden, 3],
        ['pooler_output', pooled, 2],
      ],
      classifierInput: pooled,
      classifierFeatures: 2 * size,
    }
  }
}

function convNext(globalResponse: boolean): ModelFamily['build'] {
  return (layers, pixels) => {
    const stem = layers.conv(pixels, 3, size, { kernel: 4, stride: 4 })
    const depthwise = layers.conv(stem, size, size, { kernel: 7, group: size })
    const wide = layers.gelu(
      layers.linear(layers.layerNorm(layers.transpose(depthwise, [0, 2, 3, 1]), size), size, 4 * size),
    )
    const narrow = layers.linear(globalResponse ? responseNorm(layers, wide) : wide, 4 * size, size)
    const scaled = globalResponse ? narrow : layers.mul(narrow, layers.positive(size))
    const hidden = layers.add(stem, layers.transpose(scaled, [0, 3, 1, 2]))
    const mean = layers.graph.node('ReduceMean', [hidden], { axes: [-2, -1], keepdims: 0 })
    const pooled = layers.layerNorm(mean, size)
    return {
      // The export of the V2 models in use gives the map alone.
      outputs: globalResponse
        ? [['last_hidden_state', hidden, 4]]
        : [
            ['last_hidden_state', hidden, 4],
            ['pooler_output', pooled, 2],
          ],
      classifierInput: pooled,
      classifierFeatures: size,
    }
  }
}

/** Global response normalisation: γ x ‖x‖ / mean ‖x‖ + β + x, with norms over the places. */
function responseNorm(layers: Layers, x: string): string {
  const { graph } = layers
  const norm = graph.node('ReduceL2', [x], { axes: [1, 2], keepdims: 1 })
  const share = graph.node('Div', [norm, graph.node('ReduceMean', [norm], { axes: [-1], keepdims: 1 })])
  const scaled = layers.mul(layers.weights([4 * size], 0.5), layers.mul(x, share))
  return layers.add(layers.add(scaled, layers.weights([4 * size], 0.1)), x)
}

/** The outputs of a network of convolutions; ResNet's pooler is a map of one place. */
function ofMap(layers: Layers, map: string, channels: number, poolerRank: 2 | 4): BaseOutputs {
  const mean = layers.graph.node('GlobalAveragePool', [map])
  const pooled = layers.graph.node('Flatten', [mean], { axis: 1 })
  return {
    outputs: [
      ['last_hidden_state', map, 4],
      ['pooler_output', poolerRank === 4 ? mean : pooled, poolerRank],
    ],
    classifierInput: pooled,
    classifierFeatures: channels,
  }
}

function resNet(layers: Layers, pixels: string): BaseOutputs {
  const { graph } = layers
  const relu = (x: string) => graph.node('Relu', [x])
  const convolved = layers.conv(pixels, 3, size, { kernel: 7, stride: 2 })
  const stem = relu(layers.batchNorm(convolved, size))
  const pooled = graph.node('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
  const narrow = relu(layers.batchNorm(layers.conv(pooled, size, 4), 4))
  const middle = relu(layers.batchNorm(layers.conv(narrow, 4, 4, { kernel: 3, stride: 2 }), 4))
  const wide = layers.batchNorm(layers.conv(middle, 4, 2 * size), 2 * size)
  const shortcut = layers.batchNorm(layers.conv(pooled, size, 2 * size, { stride: 2 }), 2 * size)
  return ofMap(layers, relu(layers.add(wide, shortcut)), 2 * size, 4)
}

/** An inverted residual: wider, a depthwise convolution, perhaps gates by channel, narrow again. */
function invertedResidual(
  layers: Layers,
  x: string,
  channels: number,
  activate: (value: string) => string,
  { gates = false, depthwiseFirst = false } = {},
): string {
  const wide = 3 * channels
  const start = depthwiseFirst
    ? layers.batchNorm(layers.conv(x, channels, channels, { kernel: 3, group: channels }), channels)
    : x
  const widened = activate(layers.batchNorm(layers.conv(start, channels, wide), wide))
  const moved = activate(layers.batchNorm(layers.conv(widened, wide, wide, { kernel: 3, group: wide }), wide))
  const gated = gates ? layers.mul(moved, gate(layers, moved, wide)) : moved
  return layers.add(x, layers.batchNorm(layers.conv(gated, wide, channels), channels))
}

function gate(layers: Layers, x: string, channels: number): string {
  const squeezed = layers.silu(layers.conv(layers.graph.node('GlobalAveragePool', [x]), channels, 4))
  return layers.graph.node('Sigmoid', [layers.conv(squeezed, 4, channels)])
}

function stemOf(layers: Layers, pixels: string, activate: (value: string) => string): string {
  return activate(layers.batchNorm(layers.conv(pixels, 3, size, { kernel: 3, stride: 2 }), size))
}

function efficientNet(layers: Layers, pixels: string): BaseOutputs {
  const silu = (x: string) => layers.silu(x)
  const inner = invertedResidual(layers, stemOf(layers, pixels, silu), size, silu, { gates: true })
  return ofMap(layers, silu(layers.batchNorm(layers.conv(inner, size, 2 * size), 2 * size)), 2 * size, 2)
}

function mobileNetV1(layers: Layers, pixels: string): BaseOutputs {
  const relu6 = (x: string) => layers.relu6(x)
  const stem = stemOf(layers, pixels, relu6)
  const depthwise = relu6(layers.batchNorm(layers.conv(stem, size, size, { kernel: 3, group: size }), size))
  return ofMap(layers, relu6(layers.batchNorm(layers.conv(depthwise, size, 2 * size), 2 * size)), 2 * size, 2)
}

function mobileNetV2(layers: Layers, pixels: string): BaseOutputs {
  const relu6 = (x: string) => layers.relu6(x)
  const inner = invertedResidual(layers, stemOf(layers, pixels, relu6), size, relu6)
  return ofMap(layers, relu6(layers.batchNorm(layers.conv(inner, size, 2 * size), 2 * size)), 2 * size, 2)
}

function mobileNetV4(layers: Layers, pixels: string): BaseOutputs {
  const relu = (x: string) => layers.graph.node('Relu', [x])
  const inner = invertedResidual(layers, stemOf(layers, pixels, relu), size, relu, { depthwiseFirst: true })
  return ofMap(layers, relu(layers.batchNorm(layers.conv(inner, size, 2 * size), 2 * size)), 2 * size, 2)
}

/** The families by a name for people. */
export const modelFamilies: Readonly<Record<string, ModelFamily>> = {
  ViT: { config: { model_type: 'vit' }, build: vit, auto: 'cls of last_hidden_state', prefixTokens: 1 },
  DINOv2: {
    config: { model_type: 'dinov2' },
    build: dino(0, false),
    auto: 'cls+mean of last_hidden_state',
    prefixTokens: 1,
  },
  'DINOv2 with registers': {
    config: { model_type: 'dinov2_with_registers', num_register_tokens: 4 },
    build: dino(4, false),
    auto: 'cls+mean of last_hidden_state',
    prefixTokens: 5,
  },
  DINOv3: {
    config: { model_type: 'dinov3_vit', num_register_tokens: 4 },
    build: dino(4, true),
    auto: 'cls+mean of last_hidden_state',
    prefixTokens: 5,
  },
  'SigLIP, image part': {
    config: { model_type: 'siglip_vision_model' },
    build: siglip,
    auto: 'pooler_output',
    prefixTokens: 0,
  },
  'SigLIP, with a text part': {
    config: { model_type: 'siglip', vision_config: {}, text_config: {} },
    build: siglip,
    auto: 'pooler_output',
    prefixTokens: 0,
    file: 'vision_model',
  },
  'SigLIP 2': { config: { model_type: 'siglip2_vision_model' }, build: siglip, auto: 'pooler_output', prefixTokens: 0 },
  'CLIP, image part': {
    config: { model_type: 'clip_vision_model' },
    build: clip('pooler'),
    auto: 'pooler_output',
    prefixTokens: 1,
  },
  'CLIP, with a text part': {
    config: { model_type: 'clip', vision_config: {}, text_config: {} },
    build: clip('projection'),
    auto: 'image_embeds',
    file: 'vision_model',
  },
  Swin: { config: { model_type: 'swin' }, build: swin(false), auto: 'pooler_output', prefixTokens: 0 },
  SwinV2: { config: { model_type: 'swinv2' }, build: swin(true), auto: 'pooler_output', prefixTokens: 0 },
  ConvNeXt: { config: { model_type: 'convnext' }, build: convNext(false), auto: 'pooler_output' },
  ConvNeXtV2: { config: { model_type: 'convnextv2' }, build: convNext(true), auto: 'mean of last_hidden_state' },
  ResNet: { config: { model_type: 'resnet' }, build: resNet, auto: 'pooler_output' },
  EfficientNet: { config: { model_type: 'efficientnet' }, build: efficientNet, auto: 'pooler_output' },
  MobileNetV1: { config: { model_type: 'mobilenet_v1' }, build: mobileNetV1, auto: 'pooler_output' },
  MobileNetV2: { config: { model_type: 'mobilenet_v2' }, build: mobileNetV2, auto: 'pooler_output' },
  MobileNetV4: { config: { model_type: 'mobilenet_v4' }, build: mobileNetV4, auto: 'pooler_output' },
  'timm, a MobileNetV4': {
    config: { model_type: 'timm_wrapper', architecture: 'mobilenetv4_conv_small', pretrained_cfg: {} },
    build: mobileNetV4,
    auto: 'pooler_output',
  },
  'timm, a ViT': {
    config: { model_type: 'timm_wrapper', architecture: 'vit_small_patch16_224', pretrained_cfg: {} },
    build: vit,
    auto: 'pooler_output',
    prefixTokens: 0,
  },
}
