import * as Plot from '@observablehq/plot'
import { runColour } from '../colours.ts'
import { foldedTable } from '../data-table.ts'
import { percent, whole } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import type { CalibrationNumbers, RunNumbers } from '../numbers/run-numbers.ts'
import { panel, panels, section } from '../section.ts'
import { percentChart } from './percent-chart.ts'

type Bin = CalibrationNumbers['bins'][number]

/** Whether a score of 80 % is right in 80 of 100 cases, before and after temperature scaling. */
export function calibrationSection({ runs, evaluatedOn }: ReportNumbers): Html {
  const isScaled = runs.some(({ calibrated }) => calibrated !== null)
  return section(
    'calibration',
    'Calibration',
    html`Of the labels with a score of 80 %, 80 of 100 should be right: points on the diagonal are. ECE is the mean distance from it
over all scores; most scores are near 0, so look at the points too.
${isScaled ? html`Hollow points and the dashed line are the scores as they are, full ones after division of the logits by the temperature${evaluatedOn === 'validation' && ', which was fitted on these very pictures'}.` : 'No temperature was fitted.'}`,
    panels(
      runs.map((run, place) => panel(html`${name(run.name)} <small>${summary(run)}</small>`, diagram(run, place))),
    ),
    foldedTable('The numbers', {
      columns: [
        { title: 'run' },
        { title: 'scores' },
        { title: 'temperature', number: true },
        { title: 'ECE (%)', number: true },
        { title: 'mean ECE of the labels (%)', number: true },
      ],
      rows: runs.flatMap(({ name: run, calibration, calibrated }) => [
        [name(run), 'as they are', '1', percent(calibration.micro), percent(calibration.macro)],
        ...(calibrated === null
          ? []
          : [
              [
                name(run),
                'scaled',
                temperatureText(calibrated.temperature),
                percent(calibrated.micro),
                percent(calibrated.macro),
              ],
            ]),
      ]),
    }),
  )
}

function summary({ calibration, calibrated }: RunNumbers): string {
  const before = `ECE ${percent(calibration.micro)} %`
  return calibrated === null
    ? before
    : `${before} → ${percent(calibrated.micro)} %, T ${temperatureText(calibrated.temperature)}`
}

function temperatureText(temperature: number | readonly number[]): string {
  return typeof temperature === 'number' ? temperature.toFixed(2) : 'by label'
}

function diagram({ name: run, calibration, calibrated }: RunNumbers, place: number): Html {
  const colour = runColour(place)
  const position = {
    x: ({ meanProbability }: Bin) => 100 * meanProbability,
    y: ({ positiveShare }: Bin) => 100 * positiveShare,
  }
  const title = ({ count, meanProbability, positiveShare }: Bin): string =>
    `${whole(count)} scores, ${percent(meanProbability)} % on average: ${percent(positiveShare)} % are right`
  const dashed = { ...position, stroke: calibrated === null ? colour : 'currentColor' }
  return percentChart(`Reliability diagram, ${run}`, {
    x: 'mean score',
    y: 'share that is right',
    height: 250,
    marks: [
      Plot.line([0, 100], {
        x: (value: number) => value,
        y: (value: number) => value,
        stroke: 'currentColor',
        strokeOpacity: 0.4,
      }),
      Plot.line(calibration.bins, { ...dashed, strokeDasharray: '4 3', strokeOpacity: 0.7 }),
      Plot.dot(calibration.bins, { ...dashed, r: 3, fill: 'var(--page)', title }),
      ...(calibrated === null
        ? []
        : [
            Plot.line(calibrated.bins, { ...position, stroke: colour, strokeWidth: 2 }),
            Plot.dot(calibrated.bins, { ...position, fill: colour, r: 3.5, title }),
          ]),
    ],
  })
}
