import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { type Html, html, trusted } from './html.ts'

const { document } = parseHTML('<!doctype html><html><head></head><body></body></html>')

/** The widths at which charts are drawn: the text in them is then read at about its size on wide and narrow windows. */
export const chartWidths = { panel: 300, narrow: 360, wide: 1100 } as const

/** A chart as SVG. `label` says what it shows to those who do not see it. */
export function svg(label: string, options: Plot.PlotOptions): Html {
  const figure = Plot.plot({ ...options, document, className: 'plot' })
  // The style of each plot is in the style of the page.
  figure.querySelector('style')?.remove()
  figure.setAttribute('role', 'img')
  figure.setAttribute('aria-label', label)
  // Coordinates need no more digits than can be seen.
  return trusted(figure.outerHTML.replaceAll(/(?<=[\s",(LMC-]\d+\.\d\d)\d+(?=[\s",)A-Z])/g, ''))
}

/** About how much room labels of an axis take in a chart, in its units. */
export function labelWidth(labels: readonly string[], { fontSize, room }: { fontSize: number; room: number }): number {
  // Where wide characters make a label short, its room is filled all the same.
  const letters = labels.map((label) => (/^[\u0020-\u007e…]*$/.test(label) ? label.length : room))
  return 0.62 * fontSize * Math.min(Math.max(...letters), room)
}

/** One drawing for wide windows and one for narrow ones. */
export function responsive(draw: (width: number) => Html): Html {
  const { wide, narrow } = chartWidths
  return html`<div class="on-wide">${draw(wide)}</div><div class="on-narrow">${draw(narrow)}</div>`
}
