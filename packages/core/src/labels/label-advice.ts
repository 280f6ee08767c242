import { classListText, percent } from './class-list-text.ts'
import type { LabelDescription } from './describe-labels.ts'

/** Above both, a data set counts as imbalanced (Charte et al., HAIS 2013, section 3). */
const IMBALANCED = { meanIR: 1.5, cvir: 0.2 }
/** Above this, resampling helps little, since frequent and rare classes share samples (Charte et al., HAIS 2014). */
const CONCURRENT = 0.1
/** When more than this share of the positives has its full weight, the weighting hardly tells them apart. */
const SATURATED = 0.5
/** How many classes a sentence names. */
const NAMED = 5

/** One sentence for each thing that a description of a data set asks for. */
export function labelAdvice(description: Omit<LabelDescription, 'advice'>): string[] {
  return [...degenerate(description), ...imbalance(description), ...rebalancing(description)]
}

function degenerate(description: Omit<LabelDescription, 'advice'>): string[] {
  const { emptyClasses, fullClasses, classNames, pseudoCount, unknownShare } = description
  const name = (classes: readonly number[]): string => classListText(classes, classNames, NAMED)
  const remedy =
    pseudoCount > 0
      ? `the pseudo-count of ${pseudoCount} keeps the losses finite there`
      : 'give the statistics a pseudoCount or leave them out, or the losses refuse them'
  return [
    ...(emptyClasses.length === 0 ? [] : [`No sample carries ${name(emptyClasses)}: ${remedy}.`]),
    ...(fullClasses.length === 0 ? [] : [`Every sample carries ${name(fullClasses)}: ${remedy}.`]),
    ...(unknownShare === 0
      ? []
      : [
          `${percent(unknownShare)} of the labels are unknown: keep them −1, so that the losses leave them out instead of taking them for negatives.`,
        ]),
  ]
}

function imbalance({ meanIR, cvir, scumble, splits }: Omit<LabelDescription, 'advice'>): string[] {
  if (meanIR === undefined) return ['No class has a positive: there is nothing to learn from these labels.']
  const imbalanced = meanIR > IMBALANCED.meanIR && (cvir ?? 0) > IMBALANCED.cvir
  return [
    imbalanced
      ? 'The classes are imbalanced (meanIR above 1.5 and CVIR above 0.2): use a loss for long tails, and report mAP for head, medium and tail apart.'
      : 'The classes are hardly imbalanced (meanIR up to 1.5 or CVIR up to 0.2): plain binary cross-entropy is the baseline to beat.',
    ...(splits.tail.length === 0
      ? []
      : [
          'Split off validation samples with iterativeStratification: a random split may leave tail classes without any.',
        ]),
    ...(scumble === undefined || scumble <= CONCURRENT
      ? []
      : [
          'Frequent and rare classes share samples (SCUMBLE above 0.1): class-aware sampling alone shows the frequent ones more often too, so combine it with the re-balanced weighting.',
        ]),
  ]
}

function rebalancing({ rebalancing: diagnostic }: Omit<LabelDescription, 'advice'>): string[] {
  if (diagnostic === undefined) {
    return [
      "Give mu as a number: 'auto' needs label sets with a positive, which statistics from counts, from soft labels or beyond maxLabelSets lack.",
    ]
  }
  const { positives, negatives } = diagnostic
  return [
    positives.saturated > SATURATED
      ? `${percent(positives.saturated)} of the positives have their full weight at mu 'auto': the weighting hardly tells them apart, so compare with the loss without it.`
      : `${percent(negatives.saturated)} of the negatives and ${percent(positives.saturated)} of the positives have their full weight at mu 'auto': the weighting mostly lowers frequent positives that come with rare ones.`,
  ]
}
