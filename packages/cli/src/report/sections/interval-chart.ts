import * as Plot from '@observablehq/plot'
import { isolated, percent, percentRange, shortened } from '../format.ts'
import type { Html } from '../html.ts'
import type { Interval } from '../numbers/comparison.ts'
import { chartWidths, svg } from '../svg.ts'

/** A line of an interval chart. */
export interface IntervalRow {
  readonly name: string
  readonly colour: string
  readonly interval: Interval
}

/** Keeps lines away from letters. */
const halo = { fill: 'currentColor', stroke: 'var(--page)', strokeWidth: 4 } as const

/** Estimates in percent with their intervals, a line each; `zero` marks no difference. */
export function intervalChart(label: string, rows: readonly IntervalRow[], { zero = false } = {}): Html {
  const data = rows.map(({ name, colour, interval }, place) => ({
    y: place,
    colour,
    name: isolated(shortened(name, 30)),
    title: `${isolated(name)}: ${percent(interval.estimate)} (${percentRange(interval)})`,
    value: percent(interval.estimate),
    estimate: 100 * interval.estimate,
    lower: 100 * interval.lower,
    upper: 100 * interval.upper,
  }))
  const measured = data.filter(({ estimate }) => !Number.isNaN(estimate))
  return svg(label, {
    width: chartWidths.panel,
    height: 34 * rows.length + 34,
    marginLeft: 8,
    marginRight: 12,
    marginTop: 4,
    marginBottom: 30,
    style: { fontSize: '11px' },
    x: { label: null, nice: true, ticks: 5, grid: true, insetLeft: 8, insetRight: 8 },
    y: { domain: data.map(({ y }) => y), axis: null, type: 'band' },
    marks: [
      ...(zero ? [Plot.ruleX([0], { stroke: 'currentColor' })] : []),
      Plot.ruleY(measured, { y: 'y', x1: 'lower', x2: 'upper', stroke: 'colour', strokeWidth: 2.5, dy: 7 }),
      Plot.dot(measured, { y: 'y', x: 'estimate', fill: 'colour', r: 4.5, dy: 7, title: 'title' }),
      Plot.text(data, { y: 'y', text: 'name', frameAnchor: 'left', dy: -7, ...halo }),
      Plot.text(data, { y: 'y', text: 'value', frameAnchor: 'right', dy: -7, fontWeight: 'bold', ...halo }),
    ],
    color: { type: 'identity' },
  })
}
