import * as Plot from '@observablehq/plot'
import { runColour, runLegend } from '../colours.ts'
import { foldedTable } from '../data-table.ts'
import { percent } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import type { RunNumbers } from '../numbers/run-numbers.ts'
import { panel, panels, section } from '../section.ts'
import { chartWidths, responsive, svg } from '../svg.ts'

/** Loss and validation mAP by epoch. */
export function trainingCurvesSection({ runs }: ReportNumbers): Html {
  const validated = runs.flatMap(({ validationCurve }, place) =>
    validationCurve === null ? [] : [{ place, curve: validationCurve.map((value) => 100 * value) }],
  )
  return section(
    'training',
    'Training curves',
    'The mean training loss of each epoch. Losses have scales of their own: compare the shapes, not the heights.',
    panels(runs.map((run, place) => panel(name(run.name), lossCurve(run, place)))),
    validated.length > 0 &&
      html`<h3>mAP on the validation pictures</h3>${runLegend(runs)}${responsive((width) =>
        svg('Mean average precision on the validation pictures after each epoch, a line for each run', {
          ...epochChart(width, width < 500 ? 230 : 280),
          y: { label: '↑ mAP (%)', grid: true, nice: true, ticks: 5 },
          marks: validated.map(({ place, curve }) => curveMark(curve, place)),
        }),
      )}`,
    foldedTable('The numbers', {
      columns: [
        { title: 'epoch', number: true },
        ...runs.flatMap((run) => [
          { title: html`${name(run.name)} loss`, number: true },
          ...(run.validationCurve === null
            ? []
            : [{ title: html`${name(run.name)} validation mAP (%)`, number: true }]),
        ]),
      ],
      rows: Array.from({ length: Math.max(...runs.map(lengthOf)) }, (_, epoch) => [
        epoch + 1,
        ...runs.flatMap(({ lossCurve, validationCurve }) => [
          lossCurve[epoch]?.toPrecision(5) ?? '',
          ...(validationCurve === null ? [] : [epoch in validationCurve ? percent(validationCurve[epoch]!) : '']),
        ]),
      ]),
    }),
  )
}

function lengthOf({ lossCurve, validationCurve }: RunNumbers): number {
  return Math.max(lossCurve.length, validationCurve?.length ?? 0)
}

function lossCurve(run: RunNumbers, place: number): Html {
  return svg(`Training loss by epoch, ${run.name}`, {
    ...epochChart(chartWidths.panel, 170),
    y: { label: '↑ loss', grid: true, ticks: 4 },
    marks: [curveMark(run.lossCurve, place)],
  })
}

function epochChart(width: number, height: number): Plot.PlotOptions {
  return {
    width,
    height,
    marginLeft: 46,
    marginBottom: 34,
    style: { fontSize: '11px' },
    x: { label: 'epoch →', tickFormat: (epoch: number) => (Number.isInteger(epoch) ? String(epoch) : ''), ticks: 6 },
  }
}

/** A single epoch is a dot: a line needs two. */
function curveMark(curve: readonly number[], place: number): Plot.Markish {
  const points = curve.map((value, epoch) => ({ epoch: epoch + 1, value }))
  const position = { x: 'epoch', y: 'value' }
  return points.length === 1
    ? Plot.dot(points, { ...position, fill: runColour(place) })
    : Plot.line(points, { ...position, stroke: runColour(place), strokeWidth: 2 })
}
