import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What an adapter has of the template. */
const templateParts = ['README.md', 'package.json', 'src', 'test', 'vitest.config.ts']

/** Lower-case words of letters and digits, joined by hyphens. */
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** With longer names, lines of the template pass the 120 characters of the formatter. */
const LONGEST_NAME = 28

/** The folders that an adapter is made from; tests and checks have others. */
export interface AdapterFolders {
  /** Default `packages`. */
  readonly packages?: string
  /** The template. Default `packages/adapter-template`. */
  readonly template?: string
}

/**
 * Makes a package of the workspace from the template: `packages/<name>` with `@dbloss/<name>`, the function
 * `<name>Adapter` and the class `<Name>Primitives`. The folder appears as a whole or not at all.
 *
 * @returns its folder.
 * @throws Error for a name that npm or the template cannot take, or that is taken.
 */
export function createAdapter(name: string, { packages = 'packages', template }: AdapterFolders = {}): string {
  checkName(name)
  const folder = join(packages, name)
  if (existsSync(folder)) throw new Error(`${folder} exists; expected a name that no package has`)
  return fromTemplate(folder, `@dbloss/${name}`, name, template)
}

/**
 * Makes a project of its own from the template, for a repository elsewhere: `dbloss-<name>`, which takes the published
 * `@dbloss/core` and `@dbloss/conformance`, and builds and tests itself. The folder appears as a whole or not at all.
 *
 * @returns its folder.
 * @throws Error for a name that npm or the template cannot take, or a folder that exists.
 */
export function createOwnAdapter(name: string, folder: string, { template }: AdapterFolders = {}): string {
  checkName(name)
  if (existsSync(folder)) throw new Error(`${folder} exists; expected a folder that does not exist yet`)
  return fromTemplate(folder, `dbloss-${name}`, name, template, makeOwnProject)
}

function checkName(name: string): void {
  if (namePattern.test(name) && name.length <= LONGEST_NAME) return
  throw new Error(
    `'${name}' cannot be the name of an adapter; expected lower-case letters, digits and single hyphens, a letter first, ` +
      `${LONGEST_NAME} characters at most`,
  )
}

function fromTemplate(
  folder: string,
  packageName: string,
  name: string,
  template = 'packages/adapter-template',
  finish: (folder: string) => void = () => {},
): string {
  const unfinished = join(dirname(folder), `.${basename(folder)}-${process.pid}`)
  mkdirSync(unfinished, { recursive: true })
  try {
    for (const part of templateParts) cpSync(join(template, part), join(unfinished, part), { recursive: true })
    for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      writeFileSync(file, renamed(readFileSync(file, 'utf8'), packageName, name))
    }
    finish(unfinished)
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    throw error
  }
  return folder
}

/** A text of the template with the names of the adapter. */
function renamed(text: string, packageName: string, name: string): string {
  const camelCase = name.replaceAll(/-([a-z0-9])/g, (_, first: string) => first.toUpperCase())
  return text
    .replaceAll('@dbloss/adapter-template', packageName)
    .replaceAll('adapter-template', name)
    .replaceAll('templateAdapter', `${camelCase}Adapter`)
    .replaceAll('TemplatePrimitives', `${camelCase[0]!.toUpperCase()}${camelCase.slice(1)}Primitives`)
}

/** What the workspace gives its packages, written into the project: versions, and how it is built and tested. */
function makeOwnProject(folder: string): void {
  const { devDependencies } = readJson('package.json')
  const manifest = readJson(join(folder, 'package.json'))
  const publishedVersion = (name: string): string => `^${readJson(join('packages', name, 'package.json')).version}`
  const { '@dbloss/source': _, ...entry } = manifest.exports['.']!
  writeJson(join(folder, 'package.json'), {
    ...manifest,
    exports: { ...manifest.exports, '.': entry },
    scripts: { build: 'tsc', test: 'vitest run --test-timeout 60000' },
    dependencies: { '@dbloss/core': publishedVersion('core') },
    devDependencies: {
      '@dbloss/conformance': publishedVersion('conformance'),
      '@types/node': devDependencies['@types/node'],
      typescript: devDependencies.typescript,
      vitest: devDependencies.vitest,
    },
  })
  const { customConditions, ...compilerOptions } = readJson('tsconfig.base.json').compilerOptions
  writeJson(join(folder, 'tsconfig.json'), {
    compilerOptions: { ...compilerOptions, declaration: true, rootDir: 'src', outDir: 'dist' },
    include: ['src'],
  })
  writeFileSync(join(folder, '.gitignore'), 'node_modules/\ndist/\n')
  // It only says where the sources of the workspace are.
  rmSync(join(folder, 'vitest.config.ts'))
}

/** What is read of manifests and configurations. */
interface Configuration {
  readonly version: string
  readonly exports: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly compilerOptions: Readonly<Record<string, unknown>>
}

function readJson(file: string): Configuration {
  return JSON.parse(readFileSync(file, 'utf8')) as Configuration
}

function writeJson(file: string, content: unknown): void {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
}
