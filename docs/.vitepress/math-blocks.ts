import type { MarkdownRenderer } from 'vitepress'

/** Renders blocks of the language `math`, as GitHub writes formulas, like those between `$$`. */
export function mathBlocks(markdown: MarkdownRenderer): void {
  const { fence, math_block } = markdown.renderer.rules
  if (fence === undefined || math_block === undefined) throw new Error('formulas need the option math')
  markdown.renderer.rules.fence = (tokens, index, ...rest) =>
    (tokens[index]?.info.trim() === 'math' ? math_block : fence)(tokens, index, ...rest)
}
