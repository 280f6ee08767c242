import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'

/**
 * Lets links of the repository work in the site: one to a folder goes to its README, and one to a file that is no page
 * loses its link, because the site has no copy of the file. VitePress itself refuses links to pages that do not exist.
 */
export function repositoryLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let withoutLink = false
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const target = pageOf(String(token.attrGet('href')), env.path)
          if (target !== undefined) token.attrSet('href', target)
          withoutLink = target === undefined
        }
        if (withoutLink && token.type.startsWith('link_')) Object.assign(token, { type: 'text', content: '' })
      }
    }
  })
}

/** The link as the site needs it; nothing for a file that is no page. */
function pageOf(href: string, from: string): string | undefined {
  const [path = '', anchor] = href.split('#')
  if (path === '' || path.startsWith('/') || /^\w+:/.test(path) || path.endsWith('.md')) return href
  const target = join(dirname(from), path)
  if (!existsSync(target)) throw new Error(`${from} links to ${path}, which does not exist`)
  if (!statSync(target).isDirectory() || !existsSync(join(target, 'README.md'))) return undefined
  return `${join(path, 'README.md')}${anchor === undefined ? '' : `#${anchor}`}`
}
