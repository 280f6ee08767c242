import type { AttributeValue } from '../../../src/index.ts'
import type { ReferencePooling } from '../reference-pooling.ts'

/** A pooling to test. */
export interface PoolingCase {
  readonly sizes: readonly number[]
  readonly kernel: readonly number[]
  readonly strides?: readonly number[]
  readonly before?: readonly number[]
  readonly after?: readonly number[]
  readonly dilations?: readonly number[]
  /** How many windows there are, worked out by hand. */
  readonly counts: readonly number[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** The case with all that it leaves out. */
export function completePooling(given: PoolingCase): ReferencePooling & Required<PoolingCase> {
  const each = (value: number): number[] => given.kernel.map(() => value)
  const before = given.before ?? each(0)
  const after = given.after ?? each(0)
  return {
    strides: each(1),
    dilations: each(1),
    ...given,
    ...{ before, after, batchSize: 2, channels: 2 },
    attributes: {
      kernel_shape: given.kernel,
      ...(given.strides === undefined ? {} : { strides: given.strides }),
      ...(given.dilations === undefined ? {} : { dilations: given.dilations }),
      ...(given.attributes?.auto_pad === undefined ? { pads: [...before, ...after] } : {}),
      ...given.attributes,
    },
  }
}

/** Forms that all poolings have. */
export const poolingCases: readonly (readonly [string, PoolingCase])[] = [
  ['1-D', { sizes: [6], kernel: [3], counts: [4] }],
  ['2-D', { sizes: [4, 3], kernel: [2, 3], counts: [3, 1] }],
  ['3-D', { sizes: [3, 2, 3], kernel: [2, 1, 2], counts: [2, 2, 2] }],
  ['of single elements', { sizes: [5], kernel: [1], counts: [3], strides: [2] }],
  ['side by side', { sizes: [4, 6], kernel: [2, 3], counts: [2, 2], strides: [2, 3] }],
  ['with elements between and behind the windows', { sizes: [9], kernel: [2], counts: [2], strides: [5] }],
  [
    'overlapping and padded',
    { sizes: [5, 6], kernel: [3, 3], counts: [3, 3], strides: [2, 2], before: [1, 1], after: [1, 1] },
  ],
  ['padded with strides of 1', { sizes: [4], kernel: [3], counts: [5], before: [2], after: [1] }],
  [
    'with a last window that reaches beyond the padding',
    { sizes: [6], kernel: [3], counts: [4], strides: [2], before: [1], after: [1], attributes: { ceil_mode: 1 } },
  ],
  [
    'padded by auto_pad SAME_UPPER',
    { sizes: [6], kernel: [3], counts: [3], strides: [2], attributes: { auto_pad: 'SAME_UPPER' } },
  ],
  [
    'padded by auto_pad SAME_LOWER',
    { sizes: [5], kernel: [4], counts: [5], before: [2], attributes: { auto_pad: 'SAME_LOWER' } },
  ],
  ['not padded by auto_pad VALID', { sizes: [5], kernel: [2], counts: [4], attributes: { auto_pad: 'VALID' } }],
]
