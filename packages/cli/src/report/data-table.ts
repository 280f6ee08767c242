import { type Html, type HtmlContent, html } from './html.ts'

/** A column of a table. */
export interface Column {
  readonly title: HtmlContent
  /** Numbers stand to the right. */
  readonly number?: boolean
}

/** What {@link dataTable} shows. */
export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly HtmlContent[])[]
}

/** A table with a button that copies it as CSV. */
export function dataTable({ columns, rows }: Table): Html {
  const classOf = (column: number): Html => (columns[column]!.number === true ? html` class="number"` : html``)
  return html`<div class="table">
<button type="button" class="copy">Copy as CSV</button>
<div class="scroll" tabindex="0"><table>
<thead><tr>${columns.map(({ title }, column) => html`<th scope="col"${classOf(column)}>${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, column) => html`<td${classOf(column)}>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>
</div>`
}

/** A table that is opened on demand. */
export function foldedTable(summary: HtmlContent, table: Table): Html {
  return html`<details><summary>${summary}</summary>${dataTable(table)}</details>`
}
