import { DblossError, type Loss } from '@dbloss/core'
import { type DifferentiableLoss, differentiableLoss } from './differentiable-loss.ts'

/**
 * A loss for `model.compile`: labels and logits in, a number a row out, whose mean over the batch is the loss.
 *
 * The last layer has to be linear. With reduction `mean` a row is `rowSum · B / known`, so that unknown labels (−1) count
 * neither in the loss nor in the mean. Works with `fit`, `fitDataset`, `trainOnBatch` and `evaluate`, and with a list of
 * losses for several outputs.
 *
 * @throws DblossError `argument` for a loss that couples the rows of a batch, and for one with further inputs, which
 * `compile` has no place for: use `differentiableLoss` in a loop of your own, with what `loss.inputSource` makes where the loss
 * has one.
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: toTfjsLoss(distributionBalancedLoss(labelStatistics(trainLabels))) })
 */
export function toTfjsLoss(loss: Loss): DifferentiableLoss<'rows'> {
  const further = Object.keys(loss.inputs)
  if (further.length > 0) {
    const source = loss.inputSource === undefined ? '' : ' with its inputSource'
    const message = `${loss.name} needs the inputs ${further.join(', ')}, which model.compile has no place for; use differentiableLoss${source} in a loop of your own`
    throw new DblossError('argument', message, {
      argument: 'loss',
      found: further,
      expected: 'a loss of logits and labels',
    })
  }
  return differentiableLoss(loss, { output: 'rows' })
}
