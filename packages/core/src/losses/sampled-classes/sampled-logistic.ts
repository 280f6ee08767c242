import { defineLoss } from '../../define-loss.ts'
import { add, exp, less, log, multiply, named, negate, select, softplus, subtract, sum } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import type { Loss } from '../../loss.ts'
import { logSumExpWhere } from '../log-sum-exp-over.ts'
import { costOfLabels } from '../sides.ts'
import { negativeWeights, priorShift, type SampledClassesOptions, sampledClassesDefinition } from './options.ts'

/**
 * Sampled logistic loss, the decoupled form, on logits of a sampled set S of classes:
 *
 *     y φ(z) + (1 − y) ρ̂ a φ(−z)      φ(u) = softplus(−u)
 *
 * with ρ̂ = `negativeWeights` [|S|], how often a class was drawn times its weight w, from `negativeClassSampler`. The mean of
 * ρ̂ is ρ = m q w: with importance weights the loss of a row, summed over S, is an unbiased estimate of binary cross-entropy
 * summed over all classes; constant weights have ρ ∝ q. For τ > 0 there is the input log π = `logPriors` [|S|], and
 * `a_c = (π_c/π_y)^τ`, averaged over the positives y of the row; 1 without τ and in rows without positives.
 *
 * A class that is drawn and a positive of a row is no negative of that row. Rows without positives cost their negatives;
 * unknown labels are left out.
 *
 * The loss of all classes and the three kinds of weights (importance, constant, relative) are those of the paper as reviews
 * and its introduction give them; ρ and the logit-adjusted weight are from its general form and not read in the text. The
 * paper has one positive a row: the average over several, rows without any, and negatives that rows share are ours.
 *
 * @param options - τ 0, reduction `batchmean`.
 * @throws DblossError `argument` for τ below 0.
 * @see Rawat et al., Disentangling Sampling and Labeling Bias for Learning in Large-Output Spaces, ICML 2021.
 */
export function sampledLogisticLoss({ tau = 0, reduction = 'batchmean' }: SampledClassesOptions = {}): Loss {
  return defineLoss({
    name: 'sampled-logistic',
    reference: 'Rawat et al., ICML 2021, arXiv 2105.05736',
    ...sampledClassesDefinition(tau),
    reduction,
    formula: ({ logits, labels, inputs }) => {
      const shift = priorShift(inputs, tau)
      const weights = negativeWeights(inputs)
      return costOfLabels(labels, {
        positive: softplus(negate(logits)),
        negative: multiply(
          shift === undefined ? weights : multiply(weights, priorRatio(labels, shift)),
          softplus(logits),
        ),
      })
    },
  })
}

/** (π_c/π_y)^τ, [B, C], averaged over the positives y of the row; 1 in rows without. `shift` is τ log π. */
function priorRatio(labels: Expression, shift: Expression): Expression {
  const positives = sum(labels, 'classes')
  const inverse = logSumExpWhere(less(0, labels), subtract(log(labels), shift), 'classes')
  const mean = subtract(inverse, log(positives))
  return named('a', select(less(0, positives), exp(add(shift, mean)), 1))
}
