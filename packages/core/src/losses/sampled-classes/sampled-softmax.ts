import { defineLoss } from '../../define-loss.ts'
import { add, less, log, multiply, named, select, softplus, subtract } from '../../formula/build.ts'
import type { Loss } from '../../loss.ts'
import { logSumExpWhere } from '../log-sum-exp-over.ts'
import {
  negativeWeights,
  priorShift,
  type SampledClassesOptions,
  sampledClassesDefinition,
  shifted,
} from './options.ts'

/**
 * Sampled softmax cross-entropy, on logits of a sampled set S of classes. Each positive y of a row costs
 *
 *     log(1 + Σ_{c in S, negative in the row} ρ̂_c (π_c/π_y)^τ e^{z_c − z_y})
 *
 * with ρ̂ = `negativeWeights` [|S|], how often a class was drawn times its weight w, and, for τ > 0, log π = `logPriors`
 * [|S|]; `negativeClassSampler` gives both. The mean of ρ̂ is ρ = m q w: importance weights make the sum inside of the
 * logarithm an unbiased estimate of the sum over all classes, constant weights one of the loss with weights ρ ∝ q. The
 * logarithm of an unbiased estimate is too small on average, so the loss itself is biased downwards, less with more negatives.
 *
 * A class that is drawn and a positive of a row is no negative of that row. With soft labels y a class is a positive by y
 * and a negative by 1 − y. Rows without positives cost 0; unknown labels are left out.
 *
 * The losses of all classes and the three kinds of weights (importance, constant, relative) are those of the paper as
 * reviews and its introduction give them; ρ and the logit-adjusted weight are from its general form and not read in the
 * text. Several positives a row, and negatives that the rows of a batch share, are ours.
 *
 * @param options - τ 0, reduction `batchmean`.
 * @throws DblossError `argument` for τ below 0.
 * @see Rawat et al., Disentangling Sampling and Labeling Bias for Learning in Large-Output Spaces, ICML 2021.
 */
export function sampledSoftmaxLoss({ tau = 0, reduction = 'batchmean' }: SampledClassesOptions = {}): Loss {
  return defineLoss({
    name: 'sampled-softmax',
    reference: 'Rawat et al., ICML 2021, arXiv 2105.05736',
    ...sampledClassesDefinition(tau),
    reduction,
    formula: ({ logits, labels, inputs, isUnknown }) => {
      const scores = shifted(logits, priorShift(inputs, tau))
      const weights = named('w', select(isUnknown, 0, multiply(subtract(1, labels), negativeWeights(inputs))))
      const weighted = named('s', add(scores, log(weights)))
      const negatives = named('L', logSumExpWhere(less(0, weights), weighted, 'classes'))
      return multiply(labels, softplus(subtract(negatives, scores)))
    },
  })
}
