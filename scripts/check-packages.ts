/**
 * Checks the packages as users get them: publint, attw and a size budget for each; then the packed tarballs, installed into
 * new projects whose programs (`scripts/consumer`) use every entry: in Node as ES modules and as CommonJS, in TypeScript by
 * both resolutions, and bundled for browsers by esbuild and Vite.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkEsbuild, checkTreeShaking, checkVite, runWithoutNode } from './packages/browser-bundles.ts'
import { checkProgramTypes, createProject, type Dependencies, runPrograms } from './packages/consumer-project.ts'
import { allEnded, run } from './packages/run.ts'
import { checkSize } from './packages/size-budgets.ts'
import { entryNames, publishedPackages } from './workspace.ts'

/** Peers that users install beside the packages, and the types of Node. */
const peers: Dependencies = {
  '@huggingface/transformers': '4.3.1',
  '@tensorflow/tfjs': '4.22.0',
  '@types/node': '20.19.25',
}

/** Entries that need files; all others run in browsers too. */
const forNodeOnly = ['@dbloss/transformers', 'dbloss']

/** Entries that need neither files nor a framework. */
const selfContained = ['@dbloss/core', '@dbloss/conformance', '@dbloss/wasm', '@dbloss/onnx-training']

/** The program of `scripts/consumer` that uses an entry: of `@dbloss/transformers/browser` it is `transformers-browser`. */
function programOf(entry: string): string {
  return entry === 'dbloss' ? 'cli' : entry.replace('@dbloss/', '').replace('/', '-')
}

const packages = publishedPackages()
const parent = mkdtempSync(join(tmpdir(), 'dbloss-consumer-'))
try {
  const checked = packages.map(async (each): Promise<[string, string]> => {
    const { folder, name } = each
    await run('publint', ['--strict', folder])
    const answer = await run('pnpm', ['pack', '--json', '--pack-destination', parent], folder)
    const { filename } = JSON.parse(answer) as { filename: string }
    await run('attw', [filename, '--profile', 'node16'])
    const sizes = await Promise.all(entryNames(each).map((entry) => checkSize(folder, name, entry)))
    console.log(`${name}: publint and attw find nothing; minified and compressed: ${sizes.join(', ')}`)
    return [name, `file:${filename}`]
  })
  const tarballs = Object.fromEntries(await allEnded(checked))
  const entries = packages.flatMap((each) =>
    entryNames(each).map((entry) => (entry === 'index' ? each.name : `${each.name}/${entry}`)),
  )
  const programs = entries.map(programOf)
  const everything = join(parent, 'everything')
  await createProject(everything, { ...tarballs, ...peers }, tarballs)
  await runPrograms(everything, programs)
  await run('node', [join('node_modules', 'dbloss', 'bin', 'dbloss.js'), '--help'], everything)
  console.log(
    `programs with the packed ${entries.join(', ')} run as ES modules and as CommonJS, and dbloss --help does`,
  )

  await checkProgramTypes(everything, programs)
  console.log('their types hold with the resolutions nodenext and bundler')

  const forBrowsers = entries.filter((entry) => !forNodeOnly.includes(entry))
  await checkEsbuild(everything, forBrowsers)
  await checkVite(everything, forBrowsers.map(programOf))
  await runWithoutNode(everything, selfContained.map(programOf))
  console.log(`esbuild and Vite bundle ${forBrowsers.join(', ')} for browsers, without code of Node`)
  console.log(`a page with binaryCrossEntropy alone has ${await checkTreeShaking(everything)}, and no metrics in it`)

  const tfjsUser = join(parent, 'tfjs-user')
  await createProject(
    tfjsUser,
    { '@dbloss/tfjs': tarballs['@dbloss/tfjs']!, '@tensorflow/tfjs': peers['@tensorflow/tfjs']! },
    tarballs,
  )
  await runPrograms(tfjsUser, ['tfjs'])
  console.log('a project with @dbloss/tfjs and @tensorflow/tfjs alone trains, as ES module and as CommonJS')
} finally {
  rmSync(parent, { recursive: true, force: true })
}
