import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** The largest size of a package's own code, by entry, minified and compressed, in kB. */
const budgets: Readonly<Record<string, number>> = {
  '@dbloss/core': 42,
  '@dbloss/conformance': 11,
  '@dbloss/wasm': 20,
  '@dbloss/tfjs': 12,
  '@dbloss/onnx-training': 44,
  '@dbloss/transformers': 46,
  '@dbloss/transformers/browser': 8,
  dbloss: 38,
}

/**
 * Measures an entry of a built package without what it imports from others.
 *
 * @returns the size and its budget, for people.
 * @throws Error where the size is over its budget, or has none.
 */
export async function checkSize(folder: string, packageName: string, entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'dist', `${entry}.js`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: entry === 'browser' ? 'browser' : 'node',
    packages: 'external',
    // An entry that only hands on what its chunks export imports them without a name first.
    logOverride: { 'ignored-bare-import': 'silent' },
  })
  const name = entry === 'index' ? packageName : `${packageName}/${entry}`
  const size = gzipSync(outputFiles[0]!.contents).length / 1024
  const budget = budgets[name]
  if (budget === undefined || size > budget) {
    throw new Error(`${name} has ${size.toFixed(1)} kB; the budget is ${budget}`)
  }
  return `${entry} ${size.toFixed(1)} of ${budget} kB`
}
