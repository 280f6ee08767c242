/**
 * Checks the packages as users get them: publint and attw on each, a size budget, and the packed tarballs installed
 * into a new project that imports every one of them as ES modules and as CommonJS, and runs the command.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { entryNames, publishedPackages } from './workspace.ts'

/** The largest size of a package's own code, by entry, minified and compressed, in kB. */
const budgets: Readonly<Record<string, number>> = {
  '@dbloss/core': 30,
  '@dbloss/conformance': 16,
  '@dbloss/wasm': 20,
  '@dbloss/tfjs': 12,
  '@dbloss/onnx-training': 44,
  '@dbloss/transformers': 46,
  '@dbloss/transformers/browser': 8,
  dbloss: 38,
}

function run(command: string, args: readonly string[], cwd = '.'): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
}

async function checkSize(folder: string, packageName: string, entry: string): Promise<string> {
  const isForBrowsers = entry === 'browser'
  const { outputFiles, metafile } = await build({
    entryPoints: [join(folder, 'dist', `${entry}.js`)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: isForBrowsers ? 'browser' : 'node',
    packages: 'external',
  })
  const name = entry === 'index' ? packageName : `${packageName}/${entry}`
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path))
  const ofNode = imports.filter((path) => isBuiltin(path))
  if (isForBrowsers && ofNode.length > 0) throw new Error(`${name} imports ${ofNode.join(', ')}`)
  const size = gzipSync(outputFiles[0]!.contents).length / 1024
  const budget = budgets[name]
  if (budget === undefined || size > budget)
    throw new Error(`${name} has ${size.toFixed(1)} kB; the budget is ${budget}`)
  return `${entry} ${size.toFixed(1)} of ${budget} kB`
}

const packages = publishedPackages()
const bin = resolve('node_modules/.bin')
const project = mkdtempSync(join(tmpdir(), 'dbloss-consumer-'))

/** `pnpm pack` names the tarball of `@scope/name` `scope-name-version.tgz`. */
function tarballOf(name: string): string {
  const prefix = `${name.replace('@', '').replace('/', '-')}-`
  return readdirSync(project).find((file) => file.startsWith(prefix) && /\d+\.tgz$/.test(file))!
}

/** Installs packed packages and others into a new project, as a user would, and runs programs there. */
function useAsUser(
  name: string,
  dependencies: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>>,
): string {
  const folder = join(project, name)
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string }
  const overrides = Object.fromEntries(
    packages.map((each) => [each.name, `file:${join(project, tarballOf(each.name))}`]),
  )
  const ignoredBuiltDependencies = ['core-js', 'onnxruntime-node', 'sharp', 'protobufjs']
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name,
      private: true,
      packageManager,
      dependencies,
      pnpm: { overrides, ignoredBuiltDependencies },
    }),
  )
  run('pnpm', ['install', '--prefer-offline', '--ignore-workspace'], folder)
  for (const [file, program] of Object.entries(programs)) {
    writeFileSync(join(folder, file), program)
    run('node', [file], folder)
  }
  return folder
}

/** A program that trains one epoch, with `tf` and `dbloss` loaded either way. */
const training = `
  const statistics = dbloss.labelStatistics([[0], [0, 1], [1], [0]])
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })
  dbloss.compileWithLoss(model, { loss: dbloss.distributionBalancedLoss(statistics), optimizer: 'adam' })
  const labels = tf.tensor2d([[1, 0], [1, 1], [0, 1], [1, 0]])
  const { history } = await model.fit(tf.randomNormal([4, 3]), labels, { epochs: 1, verbose: 0 })
  if (!Number.isFinite(history.loss[0])) throw new Error('the loss is ' + history.loss[0])
`

try {
  for (const each of packages) {
    const { folder, name } = each
    run(join(bin, 'publint'), ['--strict', folder])
    run('pnpm', ['pack', '--pack-destination', project], folder)
    const tarball = tarballOf(name)
    run(join(bin, 'attw'), [join(project, tarball), '--profile', 'node16'])
    const sizes = await Promise.all(entryNames(each).map((entry) => checkSize(folder, name, entry)))
    console.log(`${name}: publint and attw find nothing; minified and compressed: ${sizes.join(', ')}`)
  }
  const tarballs = Object.fromEntries(packages.map(({ name }) => [name, `file:${join(project, tarballOf(name))}`]))
  const names = packages.flatMap((each) =>
    entryNames(each).map((entry) => (entry === 'index' ? each.name : `${each.name}/${entry}`)),
  )
  const isNotEmpty = (load: (name: string) => string): string =>
    names.map((name) => `if (Object.keys(${load(name)}).length === 0) throw new Error('${name} is empty')`).join('\n')
  const everything = useAsUser(
    'everything',
    { ...tarballs, '@huggingface/transformers': '4.3.1', '@tensorflow/tfjs': '4.22.0' },
    {
      'consumer.mjs': isNotEmpty((name) => `await import('${name}')`),
      'consumer.cjs': isNotEmpty((name) => `require('${name}')`),
    },
  )
  run(join(everything, 'node_modules/.bin/dbloss'), ['--help'], everything)
  console.log(`the packed ${names.join(', ')} work as ES modules and as CommonJS, and dbloss --help runs`)

  useAsUser(
    'tfjs-user',
    { '@dbloss/tfjs': tarballs['@dbloss/tfjs']!, '@tensorflow/tfjs': '4.22.0' },
    {
      'train.mjs': `import * as tf from '@tensorflow/tfjs'\nimport * as dbloss from '@dbloss/tfjs'\n${training}`,
      'train.cjs': `const tf = require('@tensorflow/tfjs')\nconst dbloss = require('@dbloss/tfjs')\n;(async () => {${training}})()`,
    },
  )
  console.log('a project with @dbloss/tfjs and @tensorflow/tfjs alone trains, as ES module and as CommonJS')
} finally {
  rmSync(project, { recursive: true, force: true })
}
