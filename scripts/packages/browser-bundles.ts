import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build as esbuild } from 'esbuild'
import { build as viteBuild } from 'vite'

/** What pages bring themselves, and what is not ours to check. */
const frameworks = ['@tensorflow/*', '@huggingface/transformers']

/** The largest size of a program with nothing but `binaryCrossEntropy`, minified and compressed, in kB. */
const SMALLEST_PROGRAM = 8

/** What stays out of a program that does not use it. */
const leftOut = [
  'longTailMetrics',
  'averagePrecision',
  'bootstrapMap',
  'classAwareSampler',
  'describeLabels',
  'explain',
]

/** Threads of kernels: reached in Node only, where there is no `Worker`. */
const behindCheck = /process\.getBuiltinModule\(\s*\\?["'`]node:\w+\\?["'`]\s*\)/g

const ofNode = /["'`]node:\w+|\brequire\(|\bprocess\.\w+|\bBuffer\.\w+|\b__(?:dirname|filename)\b/

function checkHasNoNodeCode(name: string, code: string): void {
  const found = code.replaceAll(behindCheck, '').match(ofNode)?.[0]
  if (found !== undefined) throw new Error(`the bundle of ${name} for browsers contains ${found}`)
}

/** For browsers esbuild refuses imports of Node's modules itself. */
async function bundle(folder: string, contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await esbuild({
    stdin: { contents, resolveDir: folder, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    external: frameworks,
    ...options,
  })
  return outputFiles![0]!.text
}

/** Bundles all that an entry exports with esbuild, and looks for code of Node in it. */
export async function checkEsbuild(folder: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) checkHasNoNodeCode(entry, await bundle(folder, `export * from '${entry}'`))
}

/** Bundles programs with Vite, as a page has them, and looks for code of Node in them. */
export async function checkVite(folder: string, programs: readonly string[]): Promise<void> {
  const result = await viteBuild({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      reportCompressedSize: false,
      rollupOptions: {
        input: programs.map((name) => join(folder, `${name}.mjs`)),
        external: frameworks.map((name) => new RegExp(`^${name.replace('*', '')}`)),
      },
    },
  })
  if (!('output' in result)) throw new Error('Vite gives no output')
  for (const chunk of result.output) {
    if (chunk.type !== 'chunk') continue
    // What Vite puts in the place of Node's own modules.
    if (chunk.moduleIds.some((id) => id.includes('__vite-browser-external'))) {
      throw new Error(`${chunk.fileName} imports modules of Node`)
    }
    checkHasNoNodeCode(chunk.fileName, chunk.code)
  }
}

/** Runs programs, bundled, where nothing of Node is: only what the language itself has. */
export async function runWithoutNode(folder: string, programs: readonly string[]): Promise<void> {
  for (const name of programs) {
    // A program that fails later ends this process: nothing catches its error.
    runInNewContext(await bundle(folder, `import './${name}.mjs'`, { format: 'iife' }), { TextEncoder, TextDecoder })
  }
}

/**
 * Bundles a program that uses one loss, and looks for what it does not use.
 *
 * @returns its size, for people.
 */
export async function checkTreeShaking(folder: string): Promise<string> {
  const program = `import { binaryCrossEntropy } from '@dbloss/core'\nglobalThis.loss = binaryCrossEntropy()`
  const [small, whole] = [await bundle(folder, program), await bundle(folder, `export * from '@dbloss/core'`)]
  for (const name of leftOut) {
    const declaration = new RegExp(`function ${name}\\b`)
    if (!declaration.test(whole)) throw new Error(`@dbloss/core has no function ${name} to be left out`)
    if (declaration.test(small)) throw new Error(`${name} is in a program that imports binaryCrossEntropy only`)
  }
  const size = gzipSync(await bundle(folder, program, { minify: true })).length / 1024
  if (size > SMALLEST_PROGRAM) {
    throw new Error(`binaryCrossEntropy alone has ${size.toFixed(1)} kB; the budget is ${SMALLEST_PROGRAM}`)
  }
  return `${size.toFixed(1)} of ${SMALLEST_PROGRAM} kB`
}
