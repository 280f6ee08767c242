import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAdapter, createOwnAdapter } from '../create-adapter.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const template = join(root, 'packages/adapter-template')
let packages: string

beforeEach(() => {
  packages = mkdtempSync(join(tmpdir(), 'new-adapter-'))
})
afterEach(() => rmSync(packages, { recursive: true, force: true }))

/** The contents of all files below a folder, by their paths. */
function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(files.map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]))
}

describe('a package of the workspace', () => {
  test('has the names of the adapter, and nothing of the template', () => {
    const files = filesOf(createAdapter('ml-matrix2', { packages, template }))
    expect(Object.keys(files).sort()).toEqual([
      'README.md',
      'package.json',
      'src/adapter.ts',
      'src/index.ts',
      'src/primitives.ts',
      'test/conformance.test.ts',
      'vitest.config.ts',
    ])
    expect(JSON.parse(files['package.json']!)).toMatchObject({ name: '@dbloss/ml-matrix2', private: true })
    expect(files['src/adapter.ts']).toContain('export function mlMatrix2Adapter(): Adapter')
    expect(files['src/adapter.ts']).toContain("name: 'ml-matrix2'")
    expect(files['src/primitives.ts']).toContain('export class MlMatrix2Primitives implements PrimitiveTable<Matrix>')
    expect(files['test/conformance.test.ts']).toContain('adapter: () => mlMatrix2Adapter()')
    expect(files['vitest.config.ts']).toContain("name: 'ml-matrix2'")
    expect(Object.values(files).join('\n')).not.toMatch(/template/i)
    expect(readdirSync(packages)).toEqual(['ml-matrix2'])
  })

  test('is the template again but for the names', () => {
    const files = filesOf(createAdapter('other', { packages, template }))
    for (const [path, text] of Object.entries(files)) {
      const original = text
        .replaceAll('OtherPrimitives', 'TemplatePrimitives')
        .replaceAll('otherAdapter', 'templateAdapter')
        .replaceAll(/@dbloss\/other|(?<=')other(?=')/g, (name) => name.replace('other', 'adapter-template'))
      expect(original).toBe(readFileSync(join(template, path), 'utf8'))
    }
  })
})

describe('a project of its own', () => {
  test('takes what is published, and nothing of the workspace', () => {
    const files = filesOf(createOwnAdapter('jax', join(packages, 'dbloss-jax'), { template }))
    expect(Object.keys(files)).toContain('.gitignore')
    expect(Object.keys(files)).not.toContain('vitest.config.ts')
    expect(Object.values(files).join('\n')).not.toMatch(/template|workspace:|@dbloss\/source/)
    const published = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')).version
    expect(JSON.parse(files['package.json']!)).toMatchObject({
      name: 'dbloss-jax',
      dependencies: { '@dbloss/core': `^${published}` },
      scripts: { build: 'tsc' },
    })
  })

  test('never goes into a folder that exists', () => {
    expect(() => createOwnAdapter('jax', packages, { template })).toThrow(`${packages} exists`)
    expect(readdirSync(packages)).toEqual([])
  })
})

describe('what is refused', () => {
  test.each(['', 'Jax', '3d', 'a--b', '-a', 'a-', 'a_b', '../a', '@a/b', 'é', 'a'.repeat(29)])('%j', (name) => {
    expect(() => createAdapter(name, { packages, template })).toThrow(`'${name}' cannot be the name of an adapter`)
    expect(() => createOwnAdapter(name, join(packages, 'own'), { template })).toThrow('cannot be the name')
    expect(readdirSync(packages)).toEqual([])
  })

  test('a name that is taken, whose folder stays as it is', () => {
    mkdirSync(join(packages, 'jax'))
    writeFileSync(join(packages, 'jax/mine'), 'kept')
    expect(() => createAdapter('jax', { packages, template })).toThrow('exists; expected a name that no package has')
    expect(filesOf(packages)).toEqual({ 'jax/mine': 'kept' })
  })
})

test('nothing is left of an adapter that could not be finished', () => {
  const broken = join(packages, 'broken-template')
  mkdirSync(broken)
  writeFileSync(join(broken, 'README.md'), 'without the rest')
  const target = join(packages, 'target')
  mkdirSync(target)
  expect(() => createAdapter('jax', { packages: target, template: broken })).toThrow('ENOENT')
  expect(existsSync(join(target, 'jax'))).toBe(false)
  expect(readdirSync(target)).toEqual([])
})
