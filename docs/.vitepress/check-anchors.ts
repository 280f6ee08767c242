import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Looks in a built site for links to headings that their page does not have. VitePress checks pages only.
 *
 * @throws Error with all such links.
 */
export function checkAnchors(site: string): void {
  const pages = new Map(
    readdirSync(site, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.html'))
      .map((file) => [`/${file}`, readFileSync(join(site, file), 'utf8')]),
  )
  const dead: string[] = []
  for (const [page, html] of pages) {
    const content = html.slice(html.indexOf('<main'))
    for (const [, path = '', anchor = ''] of content.matchAll(/<a [^>]*?href="([^"#:]*)#([^"]+)"/g)) {
      const target = path === '' ? page : join(dirname(page), path)
      const there = pages.get(existsSync(join(site, target)) ? target : `${target}.html`)
      if (!there?.includes(` id="${decodeURIComponent(anchor)}"`)) dead.push(`${page}: ${path}#${anchor}`)
    }
  }
  if (dead.length > 0) throw new Error(`links to headings that do not exist:\n${dead.join('\n')}`)
}
