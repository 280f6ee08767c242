import type { MarkdownRenderer } from 'vitepress'

/** Formulas as SVG. A page is rendered for the browser, the server and the search, and formulas take most of the time. */
const rendered = new Map<string, string>()

/**
 * Renders blocks of the language `math`, as GitHub writes formulas, like those between `$$`.
 *
 * @throws Error while a page is rendered for a formula that is not LaTeX.
 */
export function mathBlocks(markdown: MarkdownRenderer): void {
  const { fence, math_block } = markdown.renderer.rules
  if (fence === undefined || math_block === undefined) throw new Error('formulas need the option math')
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index]!
    if (info.trim() !== 'math') return fence(tokens, index, ...rest)
    const svg = rendered.get(content) ?? math_block(tokens, index, ...rest)
    if (svg.includes('data-mjx-error')) throw new Error(`this formula cannot be rendered:\n${content}`)
    rendered.set(content, svg)
    return svg
  }
}
