import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { findChromium } from './chromium.ts'
import { isRequired } from './require.ts'

/** A page that was built, and where pictures of it are kept. */
export interface BuiltPage {
  readonly folder: string
  readonly reports: string
}

/**
 * Builds the page of an example with Vite.
 *
 * @param root - the folder of the example.
 * @returns nothing where there is no Chromium to open the page with; the process fails then when Chromium is required.
 */
export async function buildPage(root: URL): Promise<BuiltPage | undefined> {
  await build({ root: fileURLToPath(root), logLevel: 'warn' })
  console.log('The page is built: dist/index.html')
  if (findChromium() === undefined) {
    console.log('Chromium is not installed: the page was built but not opened')
    process.exitCode = isRequired('chromium') ? 1 : 0
    return undefined
  }
  const reports = fileURLToPath(new URL('../reports', import.meta.url))
  mkdirSync(reports, { recursive: true })
  return { folder: join(fileURLToPath(root), 'dist'), reports }
}
