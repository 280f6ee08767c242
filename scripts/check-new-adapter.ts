/**
 * An adapter in a repository of its own, as docs/new-adapter.md says: made by the generator, installed with the packed
 * `@dbloss/core` and `@dbloss/conformance` instead of the workspace, built, and run through the suite by its own tests.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createOwnAdapter } from './create-adapter.ts'

/** The workspace runs the template on the whole suite. */
const partOfSuite = "losses: (name) => name === 'DB-Focal', randomFormulas: 10"

function run(command: string, args: readonly string[], cwd: string): string {
  const env = { ...process.env, NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
}

const parent = mkdtempSync(join(tmpdir(), 'dbloss-new-adapter-'))

/** The file that a registry would give for a package. */
function pack(folder: string): string {
  const answer = run('pnpm', ['pack', '--json', '--pack-destination', parent], resolve(folder))
  return (JSON.parse(answer) as { filename: string }).filename
}

try {
  const folder = createOwnAdapter('plain-arrays', join(parent, 'dbloss-plain-arrays'))
  const manifestFile = join(folder, 'package.json')
  const overrides = {
    '@dbloss/core': `file:${pack('packages/core')}`,
    '@dbloss/conformance': `file:${pack('packages/conformance')}`,
  }
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string }
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as object
  const pnpm = { overrides, ignoredBuiltDependencies: ['esbuild'] }
  writeFileSync(manifestFile, JSON.stringify({ ...manifest, packageManager, pnpm }))
  run('pnpm', ['install', '--prefer-offline', '--ignore-workspace'], folder)
  run('pnpm', ['run', 'build'], folder)
  const testFile = join(folder, 'test/conformance.test.ts')
  const adapter = 'adapter: () => plainArraysAdapter()'
  writeFileSync(testFile, readFileSync(testFile, 'utf8').replace(adapter, `${adapter}, ${partOfSuite}`))
  const summary = run('pnpm', ['run', 'test'], folder).match(/Tests .*/)?.[0]
  console.log(`an adapter outside of the workspace builds, and passes a part of the suite. ${summary}`)
  run('node', ['--input-type=module', '--eval', "await import('dbloss-plain-arrays')"], folder)
  console.log('it can be imported by its name')
} finally {
  rmSync(parent, { recursive: true, force: true })
}
