/**
 * Checks the code in the pages: blocks of TypeScript and JavaScript are checked by the compiler and run, as far as their page
 * does not say otherwise, JSON is read, and commands have to exist. Pages say what holds for their blocks in comments that
 * `code-blocks/markdown.ts` describes.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkTypes } from './code-blocks/check-types.ts'
import { commandError, readCommands } from './code-blocks/commands.ts'
import { type CodeBlock, readCodeBlocks } from './code-blocks/markdown.ts'
import { type BlockProgram, blockPrograms } from './code-blocks/programs.ts'
import { runPrograms } from './code-blocks/run-programs.ts'

const pages = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !/^api\b|node_modules/.test(file))
    .map((file) => join('docs', file)),
  ...['packages', 'examples'].flatMap((parent) =>
    readdirSync(parent).flatMap((entry) =>
      readdirSync(join(parent, entry))
        .filter((file) => file === 'README.md')
        .map((file) => join(parent, entry, file)),
    ),
  ),
]
const blocks = pages.flatMap(readCodeBlocks)
const errors: string[] = []

const code = blocks.filter(({ language }) => ['ts', 'js'].includes(language))
const skipped = code.filter(({ depth }) => depth.kind === 'skipped')
const typed = code.filter(({ depth }) => depth.kind === 'types only')
const run = code.filter(({ depth }) => depth.kind === 'run')
const programs = pages.flatMap((page) =>
  blockPrograms(code.filter((block) => block.page === page && block.depth.kind !== 'skipped')),
)

/** The folder of the package that a page belongs to: its own, or docs, whose package has all that pages import. */
function packageFolder(page: string): string {
  return /^(packages|examples)\//.test(page) ? dirname(page) : 'docs'
}

const files = new Map(
  programs.map((program): [string, BlockProgram] => {
    const { page, line } = program.blocks[0]!
    const name = `${page.replace(/\.md$/, '').replaceAll('/', '-')}-${line}.ts`
    // A folder of its own for each run, as several may go on at a time.
    return [join(packageFolder(page), `.code-blocks-${process.pid}`, name), program]
  }),
)
const folders = new Set([...files.keys()].map(dirname))
for (const folder of folders) mkdirSync(folder, { recursive: true })
for (const [file, { text }] of files) writeFileSync(file, text)
errors.push(...checkTypes(files))
const filesToRun = new Map<string, BlockProgram>()
for (const [file, program] of files) {
  if (program.textToRun === undefined) continue
  writeFileSync(file, program.textToRun)
  filesToRun.set(file, program)
}
errors.push(...(await runPrograms(filesToRun)))
for (const folder of folders) rmSync(folder, { recursive: true })

const json = blocks.filter(({ language }) => ['json', 'jsonl'].includes(language))
for (const { page, line, lines, language } of json) {
  try {
    for (const text of language === 'jsonl' ? lines : [lines.join('\n')]) JSON.parse(text)
  } catch (error) {
    errors.push(`${page}:${line}: ${(error as Error).message}`)
  }
}

const commands = pages.flatMap(readCommands)
for (const command of commands) {
  const error = commandError(command)
  if (error !== undefined) errors.push(`${command.page}:${command.line}: ${command.text}: ${error}`)
}

/** The places of blocks, by the reason why they are not run. */
function printReasons(some: readonly CodeBlock[]): void {
  for (const reason of new Set(some.map(({ depth }) => depth.reason))) {
    const places = some.filter(({ depth }) => depth.reason === reason).map(({ page, line }) => `${page}:${line}`)
    console.log(`  because ${reason}: ${places.join(', ')}`)
  }
}

console.log(`${run.length} blocks of code run; ${json.length} of JSON can be read; ${commands.length} commands exist`)
console.log(`${typed.length} blocks are checked by the compiler only`)
printReasons(typed)
console.log(`${skipped.length} blocks are not checked`)
printReasons(skipped)
for (const error of errors) console.error(error)
process.exitCode = errors.length === 0 ? 0 : 1
