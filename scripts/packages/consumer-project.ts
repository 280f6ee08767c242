import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { allEnded, FailedRun, run } from './run.ts'

/** Where the programs lie that use the packages. */
const sources = 'scripts/consumer'

/** Packages by name, with a version or the place of a tarball. */
export type Dependencies = Readonly<Record<string, string>>

/**
 * Makes a project as a user has it: it knows nothing of the workspace, and takes the packages from their tarballs.
 *
 * @param folder - of the project, which does not exist yet.
 * @param tarballs - of all packages, also of those that are only dependencies of others.
 */
export async function createProject(folder: string, dependencies: Dependencies, tarballs: Dependencies): Promise<void> {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string }
  const ignoredBuiltDependencies = ['core-js', 'onnxruntime-node', 'sharp', 'protobufjs']
  mkdirSync(folder)
  const manifest = {
    name: 'consumer',
    private: true,
    packageManager,
    dependencies,
    pnpm: { overrides: tarballs, ignoredBuiltDependencies },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('pnpm', ['install', '--prefer-offline', '--ignore-workspace'], folder)
}

/** Runs the programs of that name in a project with Node, as ES modules and as CommonJS. */
export async function runPrograms(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const source = readFileSync(join(sources, `${name}.ts`), 'utf8')
    const asWritten = async (format: 'esm' | 'cjs', ending: string): Promise<void> => {
      const file = `${name}.${ending}`
      writeFileSync(join(folder, file), transformSync(source, { loader: 'ts', format, target: 'es2022' }).code)
      await run('node', [file], folder)
    }
    await allEnded([asWritten('esm', 'mjs'), asWritten('cjs', 'cjs')])
  }
}

/** Lets the compiler check the programs, and the declarations of the packages, by both resolutions in use. */
export async function checkProgramTypes(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) copyFileSync(join(sources, `${name}.ts`), join(folder, `${name}.mts`))
  const resolutions = [
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ]
  const checks = resolutions.map(async (resolution) => {
    const compilerOptions = {
      ...resolution,
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable'],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    const file = join(folder, `tsconfig.${resolution.moduleResolution}.json`)
    writeFileSync(file, JSON.stringify({ compilerOptions, files: names.map((name) => `${name}.mts`) }))
    const ours = (await compilerErrors(file)).filter((line) => !isOfOthers(line))
    if (ours.length > 0) throw new Error(`with ${resolution.moduleResolution}:\n${ours.join('\n')}`)
  })
  await allEnded(checks)
}

async function compilerErrors(configuration: string): Promise<string[]> {
  try {
    await run('tsc', ['-p', configuration])
    return []
  } catch (error) {
    const found = error instanceof FailedRun ? error.output.match(/^.*error TS.*$/gm) : null
    if (found === null) throw error
    return found
  }
}

/** Whether a compiler's error lies in the declarations of another project's package; some frameworks have such errors. */
function isOfOthers(error: string): boolean {
  const file = error.replace(/\(\d+,\d+\): error TS.*/, '')
  const packagePath = file.split('node_modules/').slice(1).at(-1)
  return packagePath !== undefined && !/^(@dbloss\/|dbloss\/)/.test(packagePath)
}
