/** Markup that is safe to put into a page. */
export interface Html {
  readonly html: string
}

/** Text is escaped, markup is not, lists are joined; `false` and `undefined` leave nothing. */
export type HtmlContent = string | number | Html | readonly HtmlContent[] | false | undefined

/** Markup with values in it; whatever is not markup itself is escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlContent[]): Html {
  return { html: strings.reduce((text, part, index) => text + markup(values[index - 1]) + part) }
}

/** Markup from elsewhere that is known to be safe. */
export function trusted(markup: string): Html {
  return { html: markup }
}

/** A name that others gave, which reads right to left or left to right without turning what is beside it. */
export function name(text: string): Html {
  return html`<bdi>${text}</bdi>`
}

/** JSON that cannot end the script element it is in. What JSON has no word for, as NaN, becomes null. */
export function scriptJson(value: unknown): Html {
  return trusted(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function markup(content: HtmlContent): string {
  if (content === false || content === undefined) return ''
  if (typeof content === 'string' || typeof content === 'number') return escaped(String(content))
  return 'html' in content ? content.html : content.map(markup).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}
