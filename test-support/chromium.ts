import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** Where the browser is; `CHROMIUM_PATH` names another one. */
export function findChromium(): string | undefined {
  const given = process.env.CHROMIUM_PATH
  if (given) return given
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: 'pipe' }).trim()
    } catch {
      // Not under this name.
    }
  }
  return undefined
}

const defaultFlags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
]

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
}

/** Pages and files that a browser is shown, by path. */
export interface Site {
  /** Contents by path, as `/index.html`. */
  readonly pages?: Readonly<Record<string, string | Uint8Array>>
  /** A folder for all other paths. */
  readonly folder?: string
  /** Further flags of the browser. */
  readonly flags?: readonly string[]
}

/** Serves a site on this machine alone. */
export async function serve({ pages = {}, folder }: Site): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, 'http://localhost').pathname))
    const name = path.endsWith('/') ? `${path}index.html` : path
    const type = contentTypes[extname(name)] ?? 'application/octet-stream'
    const page = pages[name]
    const file = folder === undefined ? undefined : join(folder, name)
    if (page !== undefined) response.writeHead(200, { 'content-type': type }).end(page)
    else if (file !== undefined && existsSync(file)) {
      response.writeHead(200, { 'content-type': type })
      createReadStream(file).pipe(response)
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/**
 * Opens a page of a site in headless Chromium, uses it, and leaves nothing behind.
 *
 * @throws when there is no Chromium; ask {@link findChromium} first.
 */
export async function withPage<T>(site: Site, use: (page: Page) => Promise<T>): Promise<T> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('Chromium is not installed')
  const profile = mkdtempSync(join(tmpdir(), 'dbloss-chromium-'))
  const { server, url } = await serve(site)
  let context: BrowserContext | undefined
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      args: [...defaultFlags, ...(site.flags ?? [])],
    })
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(url)
    return await use(page)
  } finally {
    await context?.close()
    server.close()
    rmSync(profile, { recursive: true, force: true })
  }
}
