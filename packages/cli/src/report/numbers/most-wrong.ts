import { type JudgedPicture, sigmoid } from './picture-probabilities.ts'

/** A class and its probability. */
export interface ClassProbability {
  readonly class: number
  readonly probability: number
}

/** A picture whose labels the run finds unlikely. */
export interface WrongPicture {
  readonly file: string
  readonly split: JudgedPicture['split']
  /** The binary cross-entropy, summed over the classes. */
  readonly loss: number
  /** Its labels, the least likely first. */
  readonly labelled: readonly ClassProbability[]
  /** The other classes with a probability of 10 % or more, the likeliest first; at most three. */
  readonly others: readonly ClassProbability[]
}

/** So many other classes are named at most, and only those that are this likely. */
const others = { count: 3, probability: 0.1 } as const

/** The pictures with the highest binary cross-entropy Σ_c [softplus(z_c) − y_c z_c], highest first. */
export function mostWrong(pictures: readonly JudgedPicture[], limit: number): WrongPicture[] {
  return pictures
    .map((picture) => ({ picture, loss: crossEntropy(picture) }))
    .sort((a, b) => b.loss - a.loss)
    .slice(0, limit)
    .map(({ picture: { file, split, labels, logits }, loss }) => {
      const all = Array.from(logits, (logit, index) => ({ class: index, probability: sigmoid(logit) }))
      const carried = new Set(labels)
      const ascending = (a: ClassProbability, b: ClassProbability): number => a.probability - b.probability
      return {
        file,
        split,
        loss,
        labelled: all.filter((entry) => carried.has(entry.class)).sort(ascending),
        others: all
          .filter((entry) => !carried.has(entry.class) && entry.probability >= others.probability)
          .sort((a, b) => ascending(b, a))
          .slice(0, others.count),
      }
    })
}

function crossEntropy({ labels, logits }: JudgedPicture): number {
  const ofNegatives = logits.reduce((sum, logit) => sum + softplus(logit), 0)
  return labels.reduce((sum, index) => sum - logits[index]!, ofNegatives)
}

function softplus(value: number): number {
  return Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))
}
