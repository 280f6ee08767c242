import * as Plot from '@observablehq/plot'
import { runColour, runLegend } from '../colours.ts'
import { counted, shortened } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import { splitKeys } from '../numbers/comparison.ts'
import type { CurvePoint } from '../numbers/curves.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { panel, panels, section } from '../section.ts'
import { splitTitles } from './comparison.ts'
import { percentChart } from './percent-chart.ts'

/** Precision against recall, by split and for some classes. */
export function precisionRecallSection({ runs, classes, classCurves }: ReportNumbers): Html {
  const bySplit = splitKeys.flatMap((split) => {
    const curves = runs.map((run) => run.curves[split])
    if (curves.every((curve) => curve.length === 0)) return []
    return [panel(splitTitles[split], chart(curves, splitTitles[split]))]
  })
  const byClass = classCurves.map(({ class: index, curves }) => {
    const { name: label, split, positives } = classes[index]!
    const title = html`<span title="${label}">${name(shortened(label, 28))}</span> <small>${split}, ${counted(positives, 'positive')}</small>`
    return panel(title, chart(curves, label))
  })
  return section(
    'precision-recall',
    'Precision and recall',
    'All decisions for the labels of a group, ranked together (micro average). The area below a curve is its average precision.',
    runLegend(runs),
    panels(bySplit),
    byClass.length > 0 &&
      html`<details><summary>${byClass.length < classes.length ? `${byClass.length} labels, from the most frequent to the rarest` : 'Each label'}</summary>${panels(byClass)}</details>`,
  )
}

function chart(curves: readonly (readonly CurvePoint[])[], of: string): Html {
  return percentChart(`Precision against recall, ${of}`, {
    x: 'recall',
    y: 'precision',
    height: 220,
    marks: curves.map((curve, place) => {
      const start = curve[0] === undefined ? [] : [{ recall: 0, precision: curve[0].precision }]
      const points = [...start, ...curve]
      return Plot.line(points, {
        x: ({ recall }: CurvePoint) => 100 * recall,
        y: ({ precision }: CurvePoint) => 100 * precision,
        stroke: runColour(place),
        strokeWidth: 1.8,
        curve: 'step-before',
      })
    }),
  })
}
