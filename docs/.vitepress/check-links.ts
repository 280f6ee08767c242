import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * Looks in a built site for links to headings that their page does not have, and for links of the navigation to pages that do
 * not exist. VitePress checks links to pages in the text only.
 *
 * @throws Error with all such links.
 */
export function checkLinks(site: string): void {
  const pages = new Map(
    readdirSync(site, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .map((file) => [`/${file}`, readFileSync(join(site, file), 'utf8')]),
  )
  const dead = new Set<string>()
  for (const [page, html] of pages) {
    for (const [, target = ''] of html.matchAll(/<a [^>]*?href="(\/[^"#]+\.html)"/g)) {
      if (!pages.has(target)) dead.add(`navigation: ${target}`)
    }
    const content = html.slice(html.indexOf('<main'))
    for (const [, path = '', anchor = ''] of content.matchAll(/<a [^>]*?href="([^"#:]*)#([^"]+)"/g)) {
      const target = path === '' ? page : resolve(dirname(page), path)
      const there = pages.get(existsSync(join(site, target)) ? target : `${target}.html`)
      if (!there?.includes(` id="${decodeURIComponent(anchor)}"`)) dead.add(`${page}: ${path}#${anchor}`)
    }
  }
  if (dead.size > 0) throw new Error(`links that lead nowhere:\n${[...dead].join('\n')}`)
}
