import type { LongTailMetrics } from '@dbloss/tfjs'
import { html } from './elements.ts'

/** A row of the table. */
export interface ResultRow {
  readonly title: string
  /** Gives the colour. */
  readonly className: string
  /** Nothing before the first epoch. */
  readonly metrics: LongTailMetrics | undefined
}

const splits = ['all', 'head', 'medium', 'tail'] as const

/** The mAP of each model by the parts of the long tail, and how far the second is above the first, under a title. */
export function showResult(container: Element, title: string, rows: readonly [ResultRow, ResultRow]): void {
  const heading = html('tr', {}, html('th', {}, 'mAP, %'), ...splits.map((split) => html('th', {}, split)))
  const lines = rows.map(({ title, className, metrics }) => {
    const cells = splits.map((split) => {
      const value = metrics?.map[split]
      return html('td', { 'data-split': split, 'data-value': value ?? '' }, value === undefined ? '–' : percent(value))
    })
    const name = html('th', { scope: 'row' }, html('span', { class: `swatch ${className}` }), title)
    return html('tr', { class: className }, name, ...cells)
  })
  const [first, second] = rows
  const differences = splits.map((split) => {
    if (first.metrics === undefined || second.metrics === undefined) return html('td', {}, '–')
    return html('td', {}, signed(100 * (second.metrics.map[split] - first.metrics.map[split])))
  })
  const difference = html('tr', { class: 'difference' }, html('th', { scope: 'row' }, 'difference'), ...differences)
  container.replaceChildren(
    html('h2', {}, title),
    html('table', {}, html('thead', {}, heading), html('tbody', {}, ...lines, difference)),
  )
}

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : (100 * share).toFixed(1)
}

function signed(points: number): string {
  return Number.isNaN(points) ? '–' : `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`
}
