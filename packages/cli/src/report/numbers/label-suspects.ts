import { mean } from './mean.ts'
import { type JudgedPicture, sigmoid } from './picture-probabilities.ts'

/** A label of a picture that may be wrong. */
export interface LabelSuspect {
  readonly file: string
  readonly split: JudgedPicture['split']
  readonly class: number
  /** Of the class in this picture. */
  readonly probability: number
  /** The mean probability of the class where the label is the other one: what this picture looks like. */
  readonly typical: number
}

/** Labels that may be missing, and labels that may be wrong. */
export interface LabelSuspects {
  readonly missing: readonly LabelSuspect[]
  readonly wrong: readonly LabelSuspect[]
  /** How many there are in all, shown or not. */
  readonly found: { readonly missing: number; readonly wrong: number }
}

/**
 * Confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR
 * 2021) for each class against the rest. With p the probability of the class, t₁ the mean of p over the pictures that carry
 * the label and t₀ the mean of 1 − p over those that do not:
 *
 *     missing: no label, p ≥ t₁, and p > 1 − p unless 1 − p < t₀
 *     wrong:   a label, 1 − p ≥ t₀, and 1 − p > p unless p < t₁
 *
 * The ones whose label is least likely come first. A class without a picture of either kind has no suspects.
 */
export function labelSuspects(
  pictures: readonly JudgedPicture[],
  { classCount, limit }: { readonly classCount: number; readonly limit: number },
): LabelSuspects {
  const carried = pictures.map(({ labels }) => new Set(labels))
  const missing: LabelSuspect[] = []
  const wrong: LabelSuspect[] = []
  for (let index = 0; index < classCount; index++) {
    const probabilities = pictures.map(({ logits }) => sigmoid(logits[index]!))
    const has = (row: number): boolean => carried[row]!.has(index)
    const withLabel = mean(probabilities.filter((_, row) => has(row)))
    const without = mean(probabilities.filter((_, row) => !has(row)))
    pictures.forEach(({ file, split }, row) => {
      const probability = probabilities[row]!
      // Comparisons with NaN, the mean of nothing, are false.
      const looksPositive = probability >= withLabel
      const looksNegative = probability <= without
      const suspect = { file, split, class: index, probability }
      if (!has(row) && looksPositive && (!looksNegative || probability > 0.5)) {
        missing.push({ ...suspect, typical: withLabel })
      }
      if (has(row) && looksNegative && (!looksPositive || probability < 0.5)) {
        wrong.push({ ...suspect, typical: without })
      }
    })
  }
  missing.sort((a, b) => b.probability - a.probability)
  wrong.sort((a, b) => a.probability - b.probability)
  return {
    missing: missing.slice(0, limit),
    wrong: wrong.slice(0, limit),
    found: { missing: missing.length, wrong: wrong.length },
  }
}
