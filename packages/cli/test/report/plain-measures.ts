import { createRandom, type SplitMeans } from '@dbloss/core'

/*
 * The measures of a report from the text of a predictions file, each written down as it is defined: slow, and with none of
 * the code that the report uses, but for the random numbers of the bootstrap.
 */

/** A run as the first line of the file describes it. */
export interface PlainRun {
  readonly name: string
  readonly thresholds?: readonly number[]
  readonly temperature?: number
}

/** A picture as a line of the file describes it. */
export interface PlainPicture {
  readonly file: string
  readonly split: 'train' | 'validation' | 'test'
  readonly labels: readonly number[]
  readonly logits: Readonly<Record<string, readonly number[]>>
}

/** A predictions file. */
export interface PlainPredictions {
  readonly classNames: readonly string[]
  readonly classCounts: readonly number[]
  readonly runs: readonly PlainRun[]
  readonly train: readonly PlainPicture[]
  readonly validation: readonly PlainPicture[]
  readonly test: readonly PlainPicture[]
}

/** Reads the text of a predictions file. */
export function plainPredictions(text: string): PlainPredictions {
  const [header, ...pictures] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const of = (split: PlainPicture['split']) => pictures.filter((picture: PlainPicture) => picture.split === split)
  return { ...header, train: of('train'), validation: of('validation'), test: of('test') }
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
export const mean = (values: readonly number[]): number => sum(values) / values.length
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/** The mean over the positives of the precision among all that score as high; NaN without positives. */
export function averagePrecision(scored: readonly { positive: boolean; score: number }[]): number {
  const positives = scored.filter(({ positive }) => positive)
  return mean(
    positives.map(({ score }) => {
      const above = scored.filter((other) => other.score >= score)
      return above.filter(({ positive }) => positive).length / above.length
    }),
  )
}

/** Average precision of one class by one run. */
export function classPrecision(pictures: readonly PlainPicture[], run: string, index: number): number {
  return averagePrecision(
    pictures.map(({ labels, logits }) => ({ positive: labels.includes(index), score: logits[run]![index]! })),
  )
}

/** The mean over the classes of each split that have a positive. */
export function meanPrecisions(
  { classNames, classCounts }: Pick<PlainPredictions, 'classNames' | 'classCounts'>,
  pictures: readonly PlainPicture[],
  run: string,
): SplitMeans {
  const precisions = classNames.map((_, index) => classPrecision(pictures, run, index))
  const over = (isMember: (count: number) => boolean): number =>
    mean(precisions.filter((value, index) => !Number.isNaN(value) && isMember(classCounts[index]!)))
  return {
    all: over(() => true),
    head: over((count) => count >= 100),
    medium: over((count) => count >= 20 && count < 100),
    tail: over((count) => count < 20),
  }
}

/** What a bootstrap draws: as many pictures as there are, with replacement. */
export function bootstrapSamples(
  pictures: readonly PlainPicture[],
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): PlainPicture[][] {
  const random = createRandom(seed)
  return Array.from({ length: resamples }, () => pictures.map(() => pictures[random.integer(pictures.length)]!))
}

/** The basic bootstrap interval of 95 %, within what the measure can be. */
export function basicInterval(estimate: number, values: readonly number[], least: number) {
  return {
    estimate,
    lower: Math.max(least, 2 * estimate - quantile(values, 0.975)),
    upper: Math.min(1, 2 * estimate - quantile(values, 0.025)),
  }
}

/** numpy's quantile. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)]!
  return low + (place % 1) * ((sorted[Math.floor(place) + 1] ?? low) - low)
}

interface Counts {
  readonly tp: number
  readonly fp: number
  readonly fn: number
}

/** 0 where nothing is right, also where there is nothing to find. */
const f1 = ({ tp, fp, fn }: Counts): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn))

/** F1 of the decisions at thresholds: of all together, averaged over classes and over pictures, and of each class. */
export function f1Of(pictures: readonly PlainPicture[], run: string, thresholds: readonly number[]) {
  const decisions = pictures.map(({ labels, logits }) =>
    thresholds.map((threshold, index) => {
      const [positive, predicted] = [labels.includes(index), logits[run]![index]! > threshold]
      return { tp: positive && predicted, fp: !positive && predicted, fn: positive && !predicted }
    }),
  )
  const count = (group: readonly (typeof decisions)[number][number][]): Counts => ({
    tp: group.filter(({ tp }) => tp).length,
    fp: group.filter(({ fp }) => fp).length,
    fn: group.filter(({ fn }) => fn).length,
  })
  const perClass = thresholds.map((_, index) => f1(count(decisions.map((row) => row[index]!))))
  return {
    micro: f1(count(decisions.flat())),
    macro: mean(perClass),
    samples: mean(decisions.map((row) => f1(count(row)))),
    perClass,
  }
}

/** The expected calibration error of all elements, over 15 bins of equal width. */
export function calibrationError(pictures: readonly PlainPicture[], run: string, temperature: number): number {
  const elements = pictures.flatMap(({ labels, logits }) =>
    logits[run]!.map((logit, index) => ({ p: sigmoid(logit / temperature), y: labels.includes(index) ? 1 : 0 })),
  )
  const bins = Array.from({ length: 15 }, (_, bin) => elements.filter(({ p }) => Math.ceil(p * 15) === bin + 1))
  return (
    sum(bins.filter((bin) => bin.length > 0).map((bin) => Math.abs(sum(bin.map(({ p, y }) => p - y))))) /
    elements.length
  )
}

/** The binary cross-entropy of a picture, over all classes. */
export function crossEntropy({ labels, logits }: PlainPicture, run: string, temperature: number): number {
  return sum(
    logits[run]!.map((logit, index) => {
      const p = sigmoid(logit / temperature)
      return -Math.log(labels.includes(index) ? p : 1 - p)
    }),
  )
}
