import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

/** What a program for the browser leaves to be imported, from sources, and how. */
async function importsOf(entry: string) {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@dbloss/source'],
    external: ['@huggingface/*', 'node:*'],
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports)
}

test('the entry for browsers needs transformers.js and nothing of Node', async () => {
  const paths = (await importsOf('../src/browser.ts')).map(({ path }) => path)
  expect(new Set(paths)).toEqual(new Set(['@huggingface/transformers']))
})

test('the main entry is told apart by the same measure, and loads what speaks to the hub when it is used', async () => {
  const imports = await importsOf('../src/index.ts')
  expect(imports.map(({ path }) => path)).toContain('node:fs/promises')
  const ofHub = imports.filter(({ path }) => path === '@huggingface/hub')
  expect(new Set(ofHub.map(({ kind }) => kind))).toEqual(new Set(['dynamic-import']))
})
