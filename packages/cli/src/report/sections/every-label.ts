import { foldedTable } from '../data-table.ts'
import { percent, percentRange, whole } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import { sigmoid } from '../numbers/picture-probabilities.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import type { RunNumbers } from '../numbers/run-numbers.ts'
import { section } from '../section.ts'

/** A table of all classes for each run, folded. */
export function everyLabelSection(numbers: ReportNumbers): Html {
  return section(
    'labels',
    'Every label',
    `Average precision with its 95 % interval; precision, recall and F1 at the tuned threshold, or at 50 % where none was tuned.
From the most frequent label to the rarest.`,
    numbers.runs.map((run) => runTable(numbers, run)),
  )
}

function runTable({ classes }: ReportNumbers, { name: run, averagePrecision, untuned, tuned }: RunNumbers): Html {
  const order = [...classes.keys()].sort((a, b) => classes[b]!.trainingCount - classes[a]!.trainingCount || a - b)
  const { perClass } = tuned ?? untuned
  return foldedTable(name(run), {
    columns: [
      { title: 'label' },
      { title: 'split' },
      ...[
        'training pictures',
        'positives',
        'AP (%)',
        '95 % interval',
        'threshold (%)',
        'precision (%)',
        'recall (%)',
        'F1 (%)',
      ].map((title) => ({ title, number: true })),
    ],
    rows: order.map((index) => {
      const { name: label, split, trainingCount, positives } = classes[index]!
      const interval = averagePrecision[index]!
      const { precision, recall, f1 } = perClass[index]!
      const threshold = tuned === null ? 0 : tuned.thresholds[index]!
      return [
        html`${name(label)}`,
        split,
        whole(trainingCount),
        whole(positives),
        percent(interval.estimate),
        percentRange(interval),
        percent(sigmoid(threshold)),
        percent(precision),
        percent(recall),
        percent(f1),
      ]
    }),
  })
}
