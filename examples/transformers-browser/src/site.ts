import type { Site } from '../../../test-support/chromium.ts'

/** The built page, with a model in its folder `models`. */
export function siteWith(folder: string, model: string, files: Readonly<Record<string, string | Uint8Array>>): Site {
  const pages = Object.entries(files).map(([path, content]) => [`/models/${model}/${path}`, content] as const)
  return { folder, pages: Object.fromEntries(pages) }
}
