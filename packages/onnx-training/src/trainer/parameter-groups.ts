import { checkNumber, type OptimizerSettings } from '@dbloss/core'
import type { ModelParameter } from './parameters.ts'
import type { UpdatedParameter } from './update-graph.ts'

/** Settings of the optimizer for the weights that a pattern matches. */
export interface ParameterGroup {
  /** Compared with a weight's name and its initializer's. */
  readonly match: RegExp
  /** How many times the learning rate. Default 1. */
  readonly learningRateScale?: number
  /** Default: that of the optimizer for tensors of rank 2 or more, and 0 for biases and norms. */
  readonly weightDecay?: number
}

/**
 * The weights with their settings; the first group that matches counts.
 *
 * @throws DblossError `argument` for numbers out of range.
 */
export function groupParameters(
  parameters: readonly ModelParameter[],
  groups: readonly ParameterGroup[],
  optimizer: OptimizerSettings,
): UpdatedParameter[] {
  groups.forEach(({ learningRateScale = 1, weightDecay = 0 }, index) => {
    checkNumber(`parameterGroups[${index}].learningRateScale`, learningRateScale, { minimum: 0 })
    checkNumber(`parameterGroups[${index}].weightDecay`, weightDecay, { minimum: 0 })
  })
  return parameters.map((parameter) => {
    const { name, initializer, shape } = parameter
    const group = groups.find(({ match }) => name.search(match) >= 0 || initializer.search(match) >= 0)
    const usual = shape.length >= 2 ? (optimizer.weightDecay ?? 0) : 0
    return {
      ...parameter,
      learningRateScale: group?.learningRateScale ?? 1,
      weightDecay: group?.weightDecay ?? usual,
    }
  })
}
