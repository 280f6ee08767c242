import { classListText, percent } from './class-list-text.ts'
import type { LabelDescription } from './describe-labels.ts'

/** How many classes of a split a line names. */
const NAMED = 8

/** A description of a data set as lines of text, for people; see `describeLabels`. */
export function labelDescriptionText(description: LabelDescription): string {
  return [
    ...size(description),
    ...measures(description),
    ...splits(description),
    ...pairs(description),
    ...weighting(description),
    'Advice',
    ...description.advice.map((sentence) => `  - ${sentence}`),
  ].join('\n')
}

function size({ sampleCount, classCount, cardinality, density, labelSetCount }: LabelDescription): string[] {
  const sets = labelSetCount === undefined ? '' : `, ${labelSetCount} distinct label sets`
  return [
    `${sampleCount} samples, ${classCount} classes${sets}`,
    `Cardinality ${cardinality.toFixed(3)} positive classes a sample, density ${density.toFixed(4)}`,
  ]
}

function measures({ meanIR, cvir, scumble, tcs }: LabelDescription): string[] {
  const figures = [
    ...(meanIR === undefined ? [] : [`meanIR ${meanIR.toFixed(3)}`]),
    ...(cvir === undefined ? [] : [`CVIR ${cvir.toFixed(3)}`]),
    ...(scumble === undefined ? [] : [`SCUMBLE ${scumble.toFixed(3)}`]),
    ...(tcs === undefined ? [] : [`TCS ${tcs.toFixed(3)}`]),
  ]
  return figures.length === 0 ? [] : [`Imbalance: ${figures.join(', ')}`]
}

function splits({
  splits: { head, medium, tail },
  splitThresholds,
  classCounts,
  classNames,
}: LabelDescription): string[] {
  const line = (name: string, range: string, classes: readonly number[]): string => {
    const sorted = [...classes].sort((a, b) => classCounts[b]! - classCounts[a]!)
    return `  ${name} (${range}): ${classes.length === 0 ? 'none' : `${classes.length}: ${classListText(sorted, classNames, NAMED)}`}`
  }
  const { head: from, tail: below } = splitThresholds
  return [
    'Classes by their positive samples, most frequent first',
    line('head', `${from} or more`, head),
    line('medium', `${below} to below ${from}`, medium),
    line('tail', `below ${below}`, tail),
  ]
}

function pairs({ pairs: described, classNames }: LabelDescription): string[] {
  if (described === undefined || described.length === 0) return []
  return [
    'Most often together',
    ...described.map(
      ({ classes, count, shareOfRarer }) =>
        `  ${classes.map((index) => classListText([index], classNames, 1)).join(' and ')}: ${count} ${count === 1 ? 'sample' : 'samples'}, ${percent(shareOfRarer)} of the rarer class`,
    ),
  ]
}

function weighting({ rebalancing }: LabelDescription): string[] {
  if (rebalancing === undefined) return []
  const { mu, meanRatio, medianRatio, positives, negatives } = rebalancing
  return [
    `Re-balanced weighting: mu 'auto' is ${mu.toFixed(3)}, the middle of mean ${meanRatio.toFixed(3)} and median ${medianRatio.toFixed(3)} of r over the positives`,
    `  positives: mean weight ${positives.meanWeight.toFixed(3)}, ${percent(positives.saturated)} saturated`,
    `  negatives: mean weight ${negatives.meanWeight.toFixed(3)}, ${percent(negatives.saturated)} saturated`,
  ]
}
