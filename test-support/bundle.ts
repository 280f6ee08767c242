import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A program for the browser with everything that it imports, from sources. */
export async function bundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['@dbloss/source'],
    // tfjs names Node's modules behind conditions that are false in a browser.
    external: ['node-fetch', 'string_decoder', 'crypto', 'util', 'fs', 'path', 'os', 'worker_threads', 'perf_hooks'],
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}
