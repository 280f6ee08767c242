import { type Html, type HtmlContent, html } from './html.ts'

/** A part of the report: what it is called, what to see in it, and what there is to see. */
export function section(id: string, title: string, lead: HtmlContent, ...content: readonly HtmlContent[]): Html {
  return html`<section id="${id}"><h2>${title}</h2>
<p class="lead">${lead}</p>
${content}
</section>
`
}

/** A chart with its title. */
export function panel(title: HtmlContent, chart: Html): Html {
  return html`<figure><figcaption>${title}</figcaption>${chart}</figure>`
}

/** Charts side by side, as many as there is room for. */
export function panels(charts: readonly Html[]): Html {
  return html`<div class="panels">${charts}</div>`
}
