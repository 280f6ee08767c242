import { firstNotFinite } from '../../check-batch.ts'
import { checkNumber } from '../../check-number.ts'
import { DblossError } from '../../errors.ts'
import { sigmoid } from '../../formula/evaluate.ts'
import type { InputSource, InputSourceOptions, ObservedBatch } from '../../input-source.ts'
import { checkSourcedBatch, visitKnownElements } from './known-elements.ts'
import { checkSourceState } from './source-state.ts'

/** The numbers that map the gradient ratio of a class to its weights. */
export interface GradientBalance {
  readonly gamma: number
  readonly mu: number
  readonly alpha: number
}

const KIND = 'gradient-ratios'

/** Keeps the ratio finite while a class has positives only; the number of the released code. */
const SMALLEST_DENOMINATOR = 1e-10

/**
 * The ratios g_j [1, C] of {@link equalizationLossV2}, from sums over all observed batches of
 *
 *     positives: Σ y q_j (1 − σ(z))      negatives: Σ (1 − y) r_j σ(z)
 *
 * with the weights q and r that the batch was computed with. Unknown labels are left out. g is capped where f(g) is 1 in
 * every precision, and a class without any sums stands there.
 */
export function gradientRatioSource(
  { gamma, mu, alpha }: GradientBalance,
  { classCount }: InputSourceOptions,
): InputSource {
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  const cap = mu + 100 / gamma
  let positives = new Float64Array(classCount)
  let negatives = new Float64Array(classCount)

  const ratios = (): Float64Array =>
    positives.map((positive, index) => {
      const negative = negatives[index]!
      if (positive === 0 && negative === 0) return cap
      return Math.min(positive / (negative + SMALLEST_DENOMINATOR), cap)
    })

  return {
    inputsFor(batch) {
      checkSourcedBatch(batch, classCount)
      return { gradientRatios: Float32Array.from(ratios()) }
    },
    observe(batch) {
      checkSourcedBatch(batch, classCount)
      checkLogits(batch)
      const weights = ratios().map((ratio) => sigmoid(gamma * (ratio - mu)))
      visitKnownElements(batch, classCount, ({ label, classIndex, index }) => {
        const r = weights[classIndex]!
        const q = 1 + alpha * (1 - r)
        const z = batch.logits[index]!
        positives[classIndex]! += label * q * sigmoid(-z)
        negatives[classIndex]! += (1 - label) * r * sigmoid(z)
      })
    },
    state: () => ({ kind: KIND, classCount, positives: Array.from(positives), negatives: Array.from(negatives) }),
    restore(state) {
      const lists = { positives: classCount, negatives: classCount }
      const sums = checkSourceState(state, { kind: KIND, classCount, lists })
      positives = Float64Array.from(sums.positives)
      negatives = Float64Array.from(sums.negatives)
    },
  }
}

/** A NaN would stay in the sums for ever. */
function checkLogits({ logits, labels }: ObservedBatch): void {
  if (logits.length !== labels.length) {
    throw new DblossError('shape', `logits has ${logits.length} values but labels has ${labels.length}`, {
      argument: 'logits',
      found: logits.length,
      expected: `${labels.length} values`,
    })
  }
  const wrong = firstNotFinite(logits, labels)
  if (wrong < 0) return
  throw new DblossError('logits', `logits[${wrong}] is ${logits[wrong]}; expected a finite number`, {
    argument: 'logits',
    found: logits[wrong],
    expected: 'a finite number, or label −1 (unknown) at that place',
  })
}
