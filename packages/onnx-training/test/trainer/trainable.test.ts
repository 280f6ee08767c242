import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeModel, GraphBuilder, ModelGraph, type ModelProto, modelParameters } from '../../src/index.ts'
import { selectParameters, type TrainableSelection } from '../../src/trainer/trainable.ts'
import { untieWeights } from '../../src/trainer/untie.ts'
import { smallModel, smallModelWeights } from './support/small-model.ts'

const folder = new URL('../fixtures/whole-models/', import.meta.url)
const load = (file: string): Buffer => gunzipSync(readFileSync(new URL(file, folder)))
const wholeModel = (name: string): ModelProto => decodeModel(load(`${name}.onnx.gz`))

const wholeModels = [
  ...['vit', 'dinov2', 'torchvision-vit', 'convnext', 'swin'],
  ...['mobilenet-v3', 'efficientnet', 'resnet-50', 'resnext', 'inception'],
]

/** A model that adds each weight in turn to its input, in nodes with these names. */
function chain(weights: readonly (string | readonly [initializer: string, node: string])[]): ModelProto {
  const graph = new GraphBuilder('chain')
  let value = graph.input('x', 'float', ['batch', 2])
  for (const weight of weights) {
    const initializer = typeof weight === 'string' ? weight : weight[0]
    value = graph.node('Add', [value, graph.initializer(initializer, Float32Array.of(1, 2), [2])])
  }
  graph.output('logits', value, 'float')
  const model = graph.toModel()
  weights.forEach((weight, index) => {
    if (typeof weight !== 'string') model.graph!.node[index]!.name = weight[1]
  })
  return model
}

const namesOf = (model: ModelProto): string[] => modelParameters(model).map(({ name }) => name)
const select = (model: ModelProto, selection: TrainableSelection): string[] =>
  selectParameters(new ModelGraph(untieWeights(model)), selection).map(({ name }) => name)

describe('the weights of a model', () => {
  test.each(wholeModels)('%s: its parameters in PyTorch, and no others', (name) => {
    const { parameters } = JSON.parse(load(`${name}.json.gz`).toString('utf8')) as { parameters: { value: string }[] }
    const initializers = modelParameters(wholeModel(name)).map(({ initializer }) => initializer)
    expect(initializers.toSorted()).toEqual(parameters.map(({ value }) => value).toSorted())
  })

  test('are in the order in which they are read, each once', () => {
    expect(namesOf(chain(['b', 'a', 'c']))).toEqual(['b', 'a', 'c'])
    expect(namesOf(smallModel())).toEqual(smallModelWeights)
  })

  test('are no statistics, bounds, exponents, single numbers or integers', () => {
    const graph = new GraphBuilder('model')
    const vector = (name: string) => graph.initializer(name, Float32Array.of(1, 2), [2])
    const number = (name: string) => graph.initializer(name, Float32Array.of(1), [])
    const x = graph.input('x', 'float', ['batch', 2, 3, 3])
    const [scale, bias, mean, variance] = ['bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'].map(vector)
    let value = graph.node('BatchNormalization', [x, scale!, bias!, mean!, variance!])
    value = graph.node('Clip', [value, number('low'), number('high')])
    value = graph.node('Pow', [value, graph.initializer('exponents', Float32Array.of(2, 2, 2), [3])])
    value = graph.node('Mul', [value, graph.initializer('scalar', Float32Array.of(2), [1, 1])])
    value = graph.node('Gather', [value, graph.initializer('indices', BigInt64Array.of(0n, 1n), [2])], { axis: 1 })
    graph.output('y', value, 'float')
    expect(namesOf(graph.toModel())).toEqual(['bn.weight', 'bn.bias'])
  })
})

describe('names', () => {
  test.each([
    ['onnx::MatMul_12', '/vit/encoder/layer.11/output/dense/MatMul', 'vit.encoder.layer.11.output.dense.weight'],
    ['1234', '/classifier/Gemm', 'classifier.weight'],
    ['onnx::Add_7', '/attn/Add_1', 'attn.bias'],
    ['/attn/Constant_3_output_0', '/attn/Add', 'attn.weight'],
    // Children of a Sequential, whose whole path PyTorch repeats.
    ['onnx::Conv_5', '/features/features.7/features.7.2/block/block.3/Conv', 'features.7.2.block.3.weight'],
    ['onnx::MatMul_12', 'MatMul_3', 'onnx::MatMul_12'],
    ['layer4.2.conv1.weight', '/elsewhere/Conv', 'layer4.2.conv1.weight'],
  ])('%s, read by %s, is %s', (initializer, node, name) => {
    expect(namesOf(chain([[initializer, node]]))).toEqual([name])
  })

  test('of whole models are those of PyTorch wherever a weight belongs to one module', () => {
    for (const name of ['vit', 'convnext', 'mobilenet-v3', 'resnet-50', 'efficientnet']) {
      const truth = JSON.parse(load(`${name}.json.gz`).toString('utf8')) as {
        parameters: { parameter: string; value: string }[]
      }
      const named = new Map(modelParameters(wholeModel(name)).map((each) => [each.initializer, each.name]))
      for (const { parameter, value } of truth.parameters) expect(named.get(value), name).toBe(parameter)
    }
  })

  test('the third input of a Gemm or a Conv is a bias', () => {
    const graph = new GraphBuilder('model')
    const x = graph.input('x', 'float', ['batch', 2])
    const weight = graph.initializer('1', new Float32Array(4), [2, 2])
    graph.output('y', graph.node('Gemm', [x, weight, graph.initializer('2', new Float32Array(2), [2])]), 'float')
    const model = graph.toModel()
    model.graph!.node[0]!.name = '/head/Gemm'
    expect(namesOf(model)).toEqual(['head.weight', 'head.bias'])
  })
})

describe('a selection', () => {
  const model = chain(['stem.weight', ['onnx::MatMul_4', '/encoder/layer.0/MatMul'], 'head.weight', 'head.bias'])

  test('by a pattern looks at names and initializers, whatever its flags', () => {
    expect(select(model, /layer\.0/)).toEqual(['encoder.layer.0.weight'])
    expect(select(model, /^onnx::/)).toEqual(['encoder.layer.0.weight'])
    const global = /head/g
    expect(select(model, global)).toEqual(['head.weight', 'head.bias'])
    expect(select(model, global)).toEqual(['head.weight', 'head.bias'])
  })

  test('by a list takes names and initializers, in the order of the model', () => {
    expect(select(model, ['head.bias', 'onnx::MatMul_4'])).toEqual(['encoder.layer.0.weight', 'head.bias'])
  })

  test('by a function sees names and shapes', () => {
    expect(select(smallModel(), ({ shape }) => shape.length === 2)).toEqual([
      'stem.weight',
      'blocks.0.dense.weight',
      'head.weight',
    ])
  })

  test.each<[string, TrainableSelection]>([
    ['a pattern', /nothing/],
    ['an empty list', []],
    ['a function', () => false],
  ])('of nothing, by %s, is refused with what the model has', (_, selection) => {
    expect(() => select(model, selection)).toThrow(
      expect.objectContaining({
        code: 'argument',
        message: expect.stringContaining('stem.weight, encoder.layer.0.weight, head.weight, head.bias'),
      }),
    )
  })

  test('of an unknown name is refused with what the model has', () => {
    expect(() => select(smallModel(), ['head.weight', 'head.wieght'])).toThrow(
      expect.objectContaining({
        code: 'argument',
        message:
          "trainable names 'head.wieght', which the model does not have; it has stem.weight, stem.bias, … head.weight, head.bias",
      }),
    )
  })

  test('from a model without weights of float32 or float64 says so', () => {
    const graph = new GraphBuilder('empty')
    graph.output('y', graph.node('Relu', [graph.input('x', 'float', ['batch', 2])]), 'float')
    expect(() => select(graph.toModel(), /./)).toThrow(
      expect.objectContaining({
        code: 'argument',
        message: expect.stringContaining('no weights of float32 or float64'),
      }),
    )
  })
})

describe('the last blocks', () => {
  test.each<[string, number, string]>([
    ['vit', 2, 'vit.encoder.layer.10.layernorm_before.weight'],
    ['dinov2', 1, 'dinov2.encoder.layer.11.norm1.weight'],
    ['torchvision-vit', 2, 'encoder.layers.encoder_layer_10.ln_1.weight'],
    ['convnext', 2, 'features.7.1.block.0.weight'],
    ['convnext', 4, 'features.6.0.weight'],
    ['swin', 2, 'features.7.0.norm1.weight'],
    ['mobilenet-v3', 1, 'features.12.0.weight'],
    ['mobilenet-v3', 2, 'features.11.block.0.0.weight'],
    ['efficientnet', 1, 'features.8.0.weight'],
    ['efficientnet', 2, 'features.7.0.block.0.0.weight'],
    ['resnet-50', 2, 'blocks.14.reduce.0.weight'],
    ['resnext', 1, 'blocks.4.reduce.0.weight'],
  ])('of %s: the last %i and all that follows begin with %s', (name, lastBlocks, first) => {
    const all = namesOf(wholeModel(name))
    const selected = select(wholeModel(name), { lastBlocks })
    expect(selected[0]).toBe(first)
    expect(selected).toEqual(all.slice(all.length - selected.length))
  })

  test.each<[string, readonly string[], readonly string[]]>([
    [
      'ResNet of torchvision',
      ['conv1.weight', 'layer4.1.conv1.weight', 'layer4.2.conv1.weight', 'layer4.2.bn3.bias', 'fc.weight', 'fc.bias'],
      ['layer4.2.conv1.weight', 'layer4.2.bn3.bias', 'fc.weight', 'fc.bias'],
    ],
    [
      'ResNet of Hugging Face',
      [
        'resnet.encoder.stages.3.layers.1.layer.2.convolution.weight',
        'resnet.encoder.stages.3.layers.2.layer.0.convolution.weight',
        'resnet.encoder.stages.3.layers.2.layer.2.convolution.weight',
        'classifier.1.weight',
      ],
      [
        'resnet.encoder.stages.3.layers.2.layer.0.convolution.weight',
        'resnet.encoder.stages.3.layers.2.layer.2.convolution.weight',
        'classifier.1.weight',
      ],
    ],
    [
      'Swin of timm',
      ['layers.3.blocks.0.attn.qkv.weight', 'layers.3.blocks.1.attn.qkv.weight', 'norm.weight', 'head.fc.weight'],
      ['layers.3.blocks.1.attn.qkv.weight', 'norm.weight', 'head.fc.weight'],
    ],
    [
      'EfficientNet of timm',
      ['blocks.4.3.conv_pw.weight', 'blocks.5.0.conv_pw.weight', 'conv_head.weight', 'bn2.weight', 'classifier.weight'],
      ['blocks.5.0.conv_pw.weight', 'conv_head.weight', 'bn2.weight', 'classifier.weight'],
    ],
    [
      'EfficientNet of torchvision',
      ['features.6.1.block.0.0.weight', 'features.6.2.block.0.0.weight', 'features.6.2.block.1.0.weight', 'fc.weight'],
      ['features.6.2.block.0.0.weight', 'features.6.2.block.1.0.weight', 'fc.weight'],
    ],
    [
      'MobileNet of TensorFlow',
      ['conv_pw_12/kernel', 'conv_dw_13/depthwise_kernel', 'conv_pw_13/kernel', 'conv_pw_13_bn/gamma', 'preds/kernel'],
      ['conv_pw_13/kernel', 'conv_pw_13_bn/gamma', 'preds/kernel'],
    ],
    [
      'ConvNeXt of timm, whose blocks hold weights of their own',
      [
        'stages.3.blocks.1.conv_dw.weight',
        'stages.3.blocks.2.gamma',
        'stages.3.blocks.2.conv_dw.weight',
        'head.weight',
      ],
      ['stages.3.blocks.2.gamma', 'stages.3.blocks.2.conv_dw.weight', 'head.weight'],
    ],
  ])('of %s', (_, names, expected) => {
    expect(select(chain(names), { lastBlocks: 1 })).toEqual(expected)
  })

  test('are not told by numbers that an exporter made up', () => {
    expect(() => select(chain([['497', 'Mul_1'], ['498', 'Mul_2'], 'fc.weight']), { lastBlocks: 1 })).toThrow(
      expect.objectContaining({
        code: 'argument',
        message: expect.stringContaining(
          'the names of the weights tell 0 blocks, as 497, 498, fc.weight; use a pattern',
        ),
      }),
    )
  })

  test.each([0, 1.5, Number.NaN])('a number of blocks of %s is refused', (lastBlocks) => {
    expect(() => select(smallModel(), { lastBlocks })).toThrow(expect.objectContaining({ code: 'argument' }))
  })
})
