import { defineLoss } from '../define-loss.ts'
import { DblossError } from '../errors.ts'
import { add, classVector, multiply, negate, softplus, subtract } from '../formula/build.ts'
import type { Loss } from '../loss.ts'
import { type CommonOptions, commonRecord } from './options.ts'
import { resolveFocal, twoSidedLoss } from './two-sided.ts'

/** Options of {@link binaryCrossEntropy}. */
export interface BinaryCrossEntropyOptions extends CommonOptions {
  /** Weights by class of both sides. Default: none. */
  readonly classWeights?: readonly number[]
  /** Weights by class of the positive side only. Default: none. */
  readonly positiveWeights?: readonly number[]
}

/**
 * Binary cross-entropy on logits: `y · softplus(−z) + (1 − y) · softplus(z)`. Works with any number of classes unless
 * weights fix it.
 *
 * @throws DblossError `argument` for weights of different lengths.
 */
export function binaryCrossEntropy({
  reduction = 'mean',
  hardLabels = false,
  classWeights,
  positiveWeights,
}: BinaryCrossEntropyOptions = {}): Loss {
  const classCount = classWeights?.length ?? positiveWeights?.length
  if (classWeights !== undefined && positiveWeights !== undefined && classWeights.length !== positiveWeights.length) {
    throw new DblossError(
      'argument',
      `positiveWeights has ${positiveWeights.length} values but classWeights has ${classWeights.length}`,
      { argument: 'positiveWeights', found: positiveWeights.length, expected: `${classWeights.length} values` },
    )
  }
  return defineLoss({
    name: 'binary-cross-entropy',
    parameters: {
      ...commonRecord({ hardLabels }),
      ...(classWeights === undefined ? {} : { classWeights }),
      ...(positiveWeights === undefined ? {} : { positiveWeights }),
    },
    reduction,
    ...(classCount === undefined ? {} : { classCount }),
    formula: ({ logits: z, labels: y }) => {
      const positive = positiveWeights && classVector('positiveWeights', positiveWeights, 'v')
      const loss =
        positive === undefined
          ? twoSidedLoss({ logits: z, labels: y, focal: resolveFocal({}), hardLabels })
          : add(multiply(positive, y, softplus(negate(z))), multiply(subtract(1, y), softplus(z)))
      return classWeights === undefined ? loss : multiply(classVector('classWeights', classWeights, 'w'), loss)
    },
  })
}
