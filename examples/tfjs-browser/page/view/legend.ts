import { html } from './elements.ts'

/** What a legend explains. */
export interface LegendEntry {
  readonly title: string
  /** Gives the colour. */
  readonly className: string
}

/** Colours and what they mean. */
export function drawLegend(entries: readonly LegendEntry[]): HTMLElement {
  const items = entries.map(({ title, className }) =>
    html('li', {}, html('span', { class: `swatch ${className}` }), title),
  )
  return html('ul', { class: 'legend' }, ...items)
}
