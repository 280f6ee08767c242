/**
 * Checks the packages as users get them: publint and attw on each, a size budget, and the packed tarballs installed
 * into a new project that imports every one of them as ES modules and as CommonJS, and runs the command.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { publishedPackages } from './workspace.ts'

/** The largest size of a package's own code, minified and compressed, in kB. */
const budgets: Readonly<Record<string, number>> = {
  '@dbloss/core': 20,
  '@dbloss/conformance': 16,
  '@dbloss/onnx-training': 16,
  '@dbloss/transformers': 24,
  dbloss: 12,
}

function run(command: string, args: readonly string[], cwd = '.'): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
}

async function checkSize(folder: string, name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'dist/index.js')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  })
  const size = gzipSync(outputFiles[0]!.contents).length / 1024
  const budget = budgets[name]
  if (budget === undefined || size > budget)
    throw new Error(`${name} has ${size.toFixed(1)} kB; the budget is ${budget}`)
  return `${size.toFixed(1)} of ${budget} kB`
}

const packages = publishedPackages()
const bin = resolve('node_modules/.bin')
const project = mkdtempSync(join(tmpdir(), 'dbloss-consumer-'))

/** `pnpm pack` names the tarball of `@scope/name` `scope-name-version.tgz`. */
function tarballOf(name: string): string {
  const prefix = `${name.replace('@', '').replace('/', '-')}-`
  return readdirSync(project).find((file) => file.startsWith(prefix) && /\d+\.tgz$/.test(file))!
}

try {
  for (const { folder, name } of packages) {
    run(join(bin, 'publint'), ['--strict', folder])
    run('pnpm', ['pack', '--pack-destination', project], folder)
    const tarball = tarballOf(name)
    run(join(bin, 'attw'), [join(project, tarball), '--profile', 'node16'])
    console.log(`${name}: publint and attw find nothing, ${await checkSize(folder, name)} minified and compressed`)
  }
  const tarballs = Object.fromEntries(
    packages.map(({ name }) => {
      return [name, `file:${join(project, tarballOf(name))}`]
    }),
  )
  const root = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string }
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      name: 'consumer',
      private: true,
      packageManager: root.packageManager,
      dependencies: { ...tarballs, '@huggingface/transformers': '4.3.1' },
      pnpm: { overrides: tarballs, ignoredBuiltDependencies: ['onnxruntime-node', 'sharp', 'protobufjs'] },
    }),
  )
  run('pnpm', ['install', '--prefer-offline', '--ignore-workspace'], project)
  const names = packages.map(({ name }) => name)
  writeFileSync(
    join(project, 'consumer.mjs'),
    names
      .map((name) => `if (Object.keys(await import('${name}')).length === 0) throw new Error('${name} is empty')`)
      .join('\n'),
  )
  writeFileSync(
    join(project, 'consumer.cjs'),
    names
      .map((name) => `if (Object.keys(require('${name}')).length === 0) throw new Error('${name} is empty')`)
      .join('\n'),
  )
  run('node', ['consumer.mjs'], project)
  run('node', ['consumer.cjs'], project)
  run(join(project, 'node_modules/.bin/dbloss'), ['--help'], project)
  console.log(`the packed ${names.join(', ')} work as ES modules and as CommonJS, and dbloss --help runs`)
} finally {
  rmSync(project, { recursive: true, force: true })
}
