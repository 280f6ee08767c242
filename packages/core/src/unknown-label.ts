import { constant, input, less } from './formula/build.ts'
import { ELEMENTS } from './formula/extent.ts'
import type { Condition, Expression } from './formula/nodes.ts'

/** The input `labels` of every loss, [B, C]. */
export const labelsInput: Expression = input('labels', ELEMENTS, 'y')

/** Where the label is −1. Halfway between −1 and 0, so that a label that was rounded on its way is still told apart. */
export const isUnknownLabel: Condition = less(labelsInput, constant(-0.5))
