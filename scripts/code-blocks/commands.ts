import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createProgram } from '../../packages/cli/src/program.ts'
import { readCodeBlocks } from './markdown.ts'

/** A command that a page tells its reader to type. */
export interface TypedCommand {
  readonly page: string
  readonly line: number
  readonly text: string
}

const silent = { write: () => {} }
const dbloss = createProgram({ stdout: silent, stderr: silent })
const globalFlags = ['--help', '--version', ...dbloss.options.map(({ long }) => long)]

/** What pnpm does itself. */
const pnpmCommands = ['install', 'add', 'exec', 'pack', 'run']

/** The commands of `pnpm` and `dbloss` in the code of a page: in blocks without a language, in indented lines and in the text. */
export function readCommands(page: string): TypedCommand[] {
  const commands: TypedCommand[] = []
  const take = (fragment: string, line: number): void => {
    const text = commandIn(fragment)
    if (text !== undefined) commands.push({ page, line, text })
  }
  for (const { language, line, lines } of readCodeBlocks(page)) {
    if (language !== '' && language !== 'sh') continue
    // Where some lines have a prompt, the others are what is printed.
    const hasPrompts = lines.some((each) => each.startsWith('$ '))
    joinContinued(lines).forEach((each, index) => {
      if (!hasPrompts || each.startsWith('$ ')) take(each, line + index)
    })
  }
  let isFenced = false
  readFileSync(page, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (line.startsWith('```')) isFenced = !isFenced
      else if (!isFenced && line.startsWith('    ')) take(line, index + 1)
      else if (!isFenced) for (const [, code] of line.matchAll(/`([^`]+)`/g)) take(code!, index + 1)
    })
  return commands
}

/** Lines in which one that ends with a backslash has the next one too; their count stays. */
function joinContinued(lines: readonly string[]): string[] {
  const joined = [...lines]
  for (let index = lines.length - 1; index > 0; index--) {
    if (!joined[index - 1]!.endsWith('\\')) continue
    joined[index - 1] = `${joined[index - 1]!.slice(0, -1)}${joined[index]!.trim()}`
    joined[index] = ''
  }
  return joined
}

/** The command of a line, without a prompt, variables, `npx` and what is said about it. */
function commandIn(fragment: string): string | undefined {
  const typed = fragment
    .trim()
    .replace(/^\$ /, '')
    .replace(/^(?:[A-Z_]+=\S* )+/, '')
    .replace(/^npx (?:-y )?/, '')
    .replace(/^pnpm@[\d.]+/, 'pnpm')
    .replace(/\s+#.*$/, '')
  return /^(pnpm|dbloss) [\w@-]/.test(typed) ? typed : undefined
}

/** What is wrong with a command, if anything: a script, command or flag that does not exist. */
export function commandError({ page, text }: TypedCommand): string | undefined {
  const words = text.split(/\s+/)
  if (words[0] === 'dbloss') return dblossError(words.slice(1))
  const filter = words.indexOf('--filter')
  const folder = filter === -1 ? dirname(page) : folderOf(words[filter + 1]!)
  if (folder === undefined) return `there is no package ${words[filter + 1]}`
  const rest = (filter === -1 ? words.slice(1) : words.slice(filter + 2)).filter(
    (word) => word !== '--silent' && word !== 'run',
  )
  const [name = '', program = ''] = rest
  if (name === 'dbloss') return dblossError(rest.slice(1))
  const isBinary = (word: string): boolean => existsSync(join('node_modules/.bin', word))
  if (name === 'exec') return isBinary(program) ? undefined : `there is no program ${program}`
  const known = [...scriptsOf(folder), ...(filter === -1 ? scriptsOf('.') : []), ...pnpmCommands]
  return known.includes(name) || isBinary(name) ? undefined : `there is no script ${name}`
}

function dblossError([name = '', ...words]: readonly string[]): string | undefined {
  if (name === '') return undefined
  if (name.startsWith('--')) return globalFlags.includes(name) ? undefined : `dbloss has no flag ${name}`
  const command = dbloss.commands.find((each) => each.name() === name)
  if (command === undefined) return `dbloss has no command ${name}`
  const flags = [...globalFlags, ...command.options.map(({ long }) => long)]
  const unknown = words.filter((word) => /^--\w/.test(word)).find((word) => !flags.includes(word.split('=')[0]!))
  return unknown === undefined ? undefined : `dbloss ${name} has no flag ${unknown}`
}

interface Manifest {
  readonly name?: string
  readonly scripts?: Readonly<Record<string, string>>
}

function manifestOf(folder: string): Manifest {
  const file = join(folder, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {}
}

function scriptsOf(folder: string): string[] {
  return Object.keys(manifestOf(folder).scripts ?? {})
}

/** The folder of a package of the workspace, by its name. */
function folderOf(name: string): string | undefined {
  const below = ['packages', 'examples'].flatMap((parent) => readdirSync(parent).map((entry) => join(parent, entry)))
  return [...below, 'benchmarks', 'docs'].find((folder) => manifestOf(folder).name === name)
}
