import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../../../src/index.ts'
import { checkGradients } from '../check-gradients.ts'
import { referenceConvolution, referenceTransposedConvolution } from '../reference-convolution.ts'

interface ConvolutionCase {
  readonly inputChannels?: number
  readonly outputChannels?: number
  readonly group?: number
  /** Those that the windows lie on: of the input of `Conv`, of the output of `ConvTranspose`. */
  readonly sizes: readonly number[]
  readonly kernel: readonly number[]
  readonly strides?: readonly number[]
  readonly dilations?: readonly number[]
  readonly before?: readonly number[]
  /** How many windows there are, worked out by hand. */
  readonly counts: readonly number[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

function complete({ inputChannels = 2, outputChannels = 3, group = 1, ...given }: ConvolutionCase) {
  const each = (value: number): number[] => given.kernel.map(() => value)
  return {
    strides: each(1),
    dilations: each(1),
    before: each(0),
    ...given,
    ...{ batchSize: 2, inputChannels, outputChannels, group },
    attributes: {
      group,
      ...(given.strides === undefined ? {} : { strides: given.strides }),
      ...(given.dilations === undefined ? {} : { dilations: given.dilations }),
      ...given.attributes,
    },
  }
}

const forms: readonly (readonly [string, ConvolutionCase])[] = [
  ['1-D', { sizes: [6], kernel: [3], counts: [4] }],
  ['2-D', { sizes: [4, 5], kernel: [2, 3], counts: [3, 3] }],
  ['3-D', { sizes: [3, 4, 3], kernel: [2, 2, 1], counts: [2, 3, 3], inputChannels: 1, outputChannels: 2 }],
  ['pointwise', { sizes: [3, 2], kernel: [1, 1], counts: [3, 2] }],
  ['pointwise with strides', { sizes: [4, 3], kernel: [1, 1], counts: [2, 2], strides: [2, 2] }],
  ['wide in channels', { sizes: [4, 3], kernel: [2, 2], counts: [3, 2], inputChannels: 6, outputChannels: 2 }],
  [
    'padded, different on each side',
    { sizes: [4, 3], kernel: [3, 2], counts: [5, 3], before: [1, 1], attributes: { pads: [1, 1, 2, 0] } },
  ],
  [
    'padded by more than the kernel',
    { sizes: [4], kernel: [2], counts: [8], before: [3], attributes: { pads: [3, 2] } },
  ],
  [
    'with strides and elements left over',
    {
      sizes: [6, 7],
      kernel: [3, 2],
      counts: [3, 2],
      strides: [2, 4],
      before: [1, 0],
      attributes: { pads: [1, 0, 1, 0] },
    },
  ],
  ['with strides beyond the kernel', { sizes: [9], kernel: [2], counts: [2], strides: [5] }],
  [
    'with strides beyond the kernel and wide in channels',
    { sizes: [9], kernel: [2], counts: [2], strides: [5], inputChannels: 4 },
  ],
  ['dilated', { sizes: [7, 5], kernel: [3, 2], counts: [3, 3], dilations: [2, 2] }],
  [
    'dilated, padded, with strides',
    { sizes: [8], kernel: [3], counts: [4], dilations: [2], strides: [2], before: [2], attributes: { pads: [2, 2] } },
  ],
  ['in patches', { sizes: [4, 6], kernel: [2, 3], counts: [2, 2], strides: [2, 3] }],
  ['grouped', { sizes: [4], kernel: [3], counts: [2], inputChannels: 4, outputChannels: 6, group: 2 }],
  [
    'grouped and wide in channels',
    { sizes: [4], kernel: [2], counts: [3], inputChannels: 6, outputChannels: 4, group: 2 },
  ],
  [
    'depthwise',
    {
      ...{ sizes: [4, 4], kernel: [3, 3], counts: [4, 4], before: [1, 1], attributes: { pads: [1, 1, 1, 1] } },
      ...{ inputChannels: 3, outputChannels: 3, group: 3 },
    },
  ],
  [
    'depthwise with two filters a channel and strides',
    {
      ...{ sizes: [5, 4], kernel: [3, 3], counts: [3, 2], strides: [2, 2], before: [1, 1] },
      ...{ inputChannels: 2, outputChannels: 4, group: 2, attributes: { pads: [1, 1, 1, 1] } },
    },
  ],
]

const automatic: readonly (readonly [string, ConvolutionCase])[] = [
  ['SAME_UPPER', { sizes: [4, 5], kernel: [2, 3], counts: [2, 3], strides: [2, 2], before: [0, 1] }],
  ['SAME_UPPER', { sizes: [5], kernel: [4], counts: [5], before: [1] }],
  ['SAME_LOWER', { sizes: [5], kernel: [4], counts: [5], before: [2] }],
  ['SAME_LOWER', { sizes: [6], kernel: [3], counts: [2], strides: [3], before: [0] }],
  ['VALID', { sizes: [5], kernel: [2], counts: [4] }],
]

describe('Conv', () => {
  test.each(forms)('%s', async (_, form) => check(form))

  test.each(automatic)('padded by auto_pad %s, %o', async (mode, form) =>
    check({ ...form, attributes: { auto_pad: mode } }),
  )

  test.each([13, 18, 21])('opset %i', async (opset) =>
    check({ sizes: [5], kernel: [3], counts: [2], strides: [2] }, opset),
  )

  async function check(given: ConvolutionCase, opset = 17): Promise<void> {
    const form = complete(given)
    const { batchSize, inputChannels, outputChannels, group, sizes, kernel, attributes } = form
    await checkGradients({
      inputs: {
        x: ['batch', inputChannels, ...sizes],
        w: [outputChannels, inputChannels / group, ...kernel],
        bias: [outputChannels],
      },
      opset,
      batchSize,
      build: (graph, { x, w, bias }) => graph.node('Conv', [x!, w!, bias!], attributes),
      reference: referenceConvolution(form),
    })
  }

  test('without bias', async () => {
    const form = complete({ sizes: [5], kernel: [2], counts: [4] })
    await checkGradients({
      inputs: { x: ['batch', 2, 5], w: [3, 2, 2] },
      build: (graph, { x, w }) => graph.node('Conv', [x!, w!]),
      batchSize: form.batchSize,
      reference: referenceConvolution(form),
    })
  })
})

describe('ConvTranspose', () => {
  // What is left over behind the last window is padded to the output.
  const withPadding: readonly (readonly [string, ConvolutionCase])[] = [
    ...forms.slice(0, 7),
    ['dilated', { sizes: [7, 5], kernel: [3, 2], counts: [3, 3], dilations: [2, 2] }],
    [
      'with strides, padding and output_padding',
      {
        ...{ sizes: [6], kernel: [3], counts: [3], strides: [2], before: [1] },
        attributes: { pads: [1, 0], output_padding: [0] },
      },
    ],
    [
      'with output_padding',
      { sizes: [8], kernel: [3], counts: [3], strides: [2], attributes: { output_padding: [1] } },
    ],
    ['grouped', { sizes: [4], kernel: [3], counts: [2], inputChannels: 4, outputChannels: 6, group: 2 }],
    ['depthwise', { sizes: [4], kernel: [3], counts: [2], inputChannels: 3, outputChannels: 3, group: 3 }],
  ]

  test.each(withPadding.filter(([name]) => name !== 'pointwise with strides'))('%s', async (_, given) => {
    const form = complete(given)
    const { batchSize, inputChannels, outputChannels, group, kernel, counts, attributes } = form
    await checkGradients({
      inputs: {
        x: ['batch', outputChannels, ...counts],
        w: [outputChannels, inputChannels / group, ...kernel],
        bias: [inputChannels],
      },
      batchSize,
      build: (graph, { x, w, bias }) => graph.node('ConvTranspose', [x!, w!, bias!], attributes),
      reference: referenceTransposedConvolution(form),
    })
  })

  test.each<[string, Readonly<Record<string, AttributeValue>>, RegExp]>([
    ['auto_pad', { auto_pad: 'SAME_UPPER', strides: [2] }, /auto_pad is SAME_UPPER; expected explicit pads/],
    ['output_shape', { output_shape: [8], strides: [2] }, /output_shape is given; expected explicit pads/],
  ])('refuses %s', async (_, attributes, message) => {
    const gradients = checkGradients({
      inputs: { x: ['batch', 2, 4], w: [2, 3, 3] },
      build: (graph, { x, w }) => graph.node('ConvTranspose', [x!, w!], attributes),
      reference: ({ x }) => x!,
    })
    await expect(gradients).rejects.toThrow(message)
  })
})
