import type { SplitOfClass } from '../class-splits.ts'
import { type Html, html, name, trusted } from './html.ts'

/** How many runs have a colour of their own. */
const runColours = 8

/** The colour of a run by its place; the style of the page says which it is, for dark and light. */
export function runColour(place: number): string {
  return `var(--run-${place % runColours})`
}

/** The colour of head, medium or tail. */
export function splitColour(split: SplitOfClass): string {
  return `var(--${split})`
}

/** Names the colours of runs. */
export function runLegend(runs: readonly { readonly name: string }[]): Html {
  return legend(runs.map((run, place) => ({ colour: runColour(place), text: name(run.name) })))
}

/** Names the colours of head, medium and tail. */
export function splitLegend(): Html {
  return legend([
    { colour: splitColour('head'), text: html`head: 100 training pictures or more` },
    { colour: splitColour('medium'), text: html`medium: 20 to 99` },
    { colour: splitColour('tail'), text: html`tail: fewer than 20` },
  ])
}

function legend(entries: readonly { readonly colour: string; readonly text: Html }[]): Html {
  const items = entries.map(
    ({ colour, text }) => html`<li><span class="swatch" style="background:${trusted(colour)}"></span>${text}</li>`,
  )
  return html`<ul class="legend">${items}</ul>`
}
