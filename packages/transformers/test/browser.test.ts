import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** What a program for the browser leaves to be imported, from sources. */
async function importsOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@dbloss/source'],
    external: ['@huggingface/transformers', 'node:*'],
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
}

test('the entry for browsers needs transformers.js and nothing of Node', async () => {
  expect(new Set(await importsOf('../src/browser.ts'))).toEqual(new Set(['@huggingface/transformers']))
})

test('the main entry is told apart by the same measure', async () => {
  expect(await importsOf('../src/index.ts')).toContain('node:fs/promises')
})
