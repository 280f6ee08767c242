import * as Plot from '@observablehq/plot'
import { runColour, runLegend, splitColour, splitLegend } from '../colours.ts'
import { counted, isolated, percent, percentRange, whole } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import { mean } from '../numbers/mean.ts'
import type { ClassNumbers, ReportNumbers } from '../numbers/report-numbers.ts'
import type { RunNumbers } from '../numbers/run-numbers.ts'
import { panel, panels, section } from '../section.ts'
import { chartWidths, responsive, svg } from '../svg.ts'
import { type CountDomain, countAxis } from './count-axis.ts'

/** With more classes than this, intervals would cover each other and are left to the table. */
const mostIntervals = 200

/** Average precision of each class beside how often it was seen in training. */
export function precisionByFrequencySection({ classes, runs, comparison }: ReportNumbers): Html {
  const undefinedCount = classes.filter(({ positives }) => positives === 0).length
  const isCrowded = classes.length > mostIntervals
  return section(
    'frequency',
    'Average precision against frequency',
    html`Where a run gains and where it loses: labels to the left are rare in training. The first chart averages the labels of about
the same frequency (from one power of two to the next); below, a dot is a label${isCrowded ? '' : html` and its line the 95 % interval (${comparison.resamples} resamples)`}.${
      undefinedCount > 0 &&
      ` ${counted(undefinedCount, 'label')} without a positive among the evaluated pictures ${undefinedCount === 1 ? 'is' : 'are'} left out.`
    }`,
    runLegend(runs),
    responsive((width) => averages(classes, runs, width)),
    splitLegend(),
    panels(runs.map((run) => panel(name(run.name), dots(classes, run, !isCrowded)))),
    isCrowded && html`<p class="note">With so many labels the intervals are in the table “Every label”.</p>`,
  )
}

interface FrequencyRange {
  readonly count: number
  readonly precision: number
  readonly title: string
}

/** The mean over the classes in each range [2^k, 2^(k+1)) of training pictures, at the geometric mean of their counts. */
function rangesOf(classes: readonly ClassNumbers[], { averagePrecision, name }: RunNumbers): FrequencyRange[] {
  const ranges = new Map<number, { counts: number[]; precisions: number[] }>()
  classes.forEach(({ trainingCount, positives }, index) => {
    if (positives === 0) return
    const power = trainingCount < 1 ? -1 : Math.floor(Math.log2(trainingCount))
    const range = ranges.get(power) ?? { counts: [], precisions: [] }
    range.counts.push(Math.max(trainingCount, unseen))
    range.precisions.push(averagePrecision[index]!.estimate)
    ranges.set(power, range)
  })
  return [...ranges]
    .sort(([a], [b]) => a - b)
    .map(([power, { counts, precisions }]) => {
      const precision = mean(precisions)
      const range = power < 0 ? '0' : `${whole(2 ** power)} to ${whole(2 ** (power + 1) - 1)}`
      const title = `${isolated(name)}: ${percent(precision)} over ${counted(counts.length, 'label')} with ${range} training pictures`
      return { count: Math.exp(mean(counts.map(Math.log))), precision: 100 * precision, title }
    })
}

/** Where classes that were never seen stand on a logarithmic axis. */
const unseen = 0.5

function countDomain(classes: readonly ClassNumbers[]): CountDomain {
  const counts = classes.flatMap(({ trainingCount, positives }) => (positives > 0 ? [trainingCount] : []))
  return [Math.max(Math.min(...counts, 10), unseen) * 0.8, Math.max(...counts, 10) * 1.3]
}

function axes(domain: CountDomain): Required<Pick<Plot.PlotOptions, 'x' | 'y'>> {
  return {
    x: { type: 'log', domain, axis: null },
    y: { domain: [0, 100], label: '↑ average precision (%)', grid: true, ticks: 5 },
  }
}

const frequencyAxis = (domain: CountDomain): Plot.Markish[] => countAxis('x', domain, { label: 'training pictures →' })

function averages(classes: readonly ClassNumbers[], runs: readonly RunNumbers[], width: number): Html {
  const domain = countDomain(classes)
  const marks = runs.flatMap((run, place) => {
    const ranges = rangesOf(classes, run)
    const stroke = runColour(place)
    return [
      Plot.line(ranges, { x: 'count', y: 'precision', stroke, strokeWidth: 2 }),
      Plot.dot(ranges, { x: 'count', y: 'precision', fill: stroke, r: 3.5, title: 'title' }),
    ]
  })
  return svg('Mean average precision of labels by training frequency, a line for each run', {
    width,
    height: width < 500 ? 250 : 320,
    marginLeft: 44,
    marginBottom: 36,
    style: { fontSize: '12px' },
    ...axes(domain),
    marks: [...frequencyAxis(domain), ...marks],
  })
}

function dots(classes: readonly ClassNumbers[], { averagePrecision, name }: RunNumbers, withIntervals: boolean): Html {
  const domain = countDomain(classes)
  const data = classes.flatMap(({ name: label, split, trainingCount, positives }, index) => {
    if (positives === 0) return []
    const interval = averagePrecision[index]!
    return [
      {
        count: Math.max(trainingCount, unseen),
        precision: 100 * interval.estimate,
        lower: 100 * interval.lower,
        upper: 100 * interval.upper,
        colour: splitColour(split),
        title: `${isolated(label)}: ${percent(interval.estimate)} (${percentRange(interval)}); ${counted(trainingCount, 'training picture')}, ${whole(positives)} evaluated`,
      },
    ]
  })
  return svg(`Average precision of each label against training frequency, ${name}`, {
    width: chartWidths.panel,
    height: 230,
    marginLeft: 38,
    marginBottom: 34,
    style: { fontSize: '11px' },
    ...axes(domain),
    color: { type: 'identity' },
    marks: [
      ...frequencyAxis(domain),
      ...(withIntervals
        ? [Plot.ruleX(data, { x: 'count', y1: 'lower', y2: 'upper', stroke: 'colour', strokeOpacity: 0.45 })]
        : []),
      Plot.dot(data, {
        x: 'count',
        y: 'precision',
        fill: 'colour',
        r: withIntervals ? 3 : 2,
        fillOpacity: 0.85,
        title: 'title',
      }),
    ],
  })
}
