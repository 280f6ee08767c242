import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkTypes } from '../code-blocks/check-types.ts'
import { commandError, readCommands } from '../code-blocks/commands.ts'
import { readCodeBlocks } from '../code-blocks/markdown.ts'
import { blockPrograms } from '../code-blocks/programs.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'code-blocks-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function page(...lines: readonly string[]): string {
  const file = join(folder, 'page.md')
  writeFileSync(file, lines.join('\n'))
  return file
}

const block = (...lines: readonly string[]): string[] => ['```ts', ...lines, '```']

describe('blocks', () => {
  test('have what the comments above them say', () => {
    const file = page(
      '<!-- given',
      'const given = 1',
      '-->',
      ...block('one'),
      '<!-- blocks: types only, because of a reason -->',
      ...block('two'),
      '```',
      '$ pnpm test',
      '```',
    )
    const [one, two, three] = readCodeBlocks(file)
    expect(one).toMatchObject({ line: 5, lines: ['one'], language: 'ts', depth: { kind: 'run' } })
    expect(one!.given).toMatchObject({ line: 2, lines: ['const given = 1'] })
    expect(two!.depth).toEqual({ kind: 'types only', reason: 'of a reason' })
    expect(three).toMatchObject({ language: '', lines: ['$ pnpm test'] })
  })

  test.each([['<!-- blocks: types only -->'], ['<!-- blocks: never -->'], ['```ts'], ['<!-- given']])(
    '%s is refused where no reason or no end follows',
    (line) => {
      expect(() => readCodeBlocks(page(line))).toThrow(/page\.md:1: /)
    },
  )
})

describe('programs', () => {
  test('see what blocks above declared, and may declare it again', () => {
    const file = page(
      ...block("import { a } from 'a'", 'const x = 1'),
      ...block("import { a, b } from 'a'", 'const x = 2'),
      ...block("import { a } from 'other'", 'export const y = 3'),
    )
    const [one, two, ...more] = blockPrograms(readCodeBlocks(file))
    expect(more).toEqual([])
    expect(one!.text.split('\n').filter((line) => line !== '')).toEqual([
      "import { a } from 'a'",
      "import { b } from 'a'",
      '{',
      'const x = 1',
      '{',
      'const x = 2',
      '}',
      '}',
      'export {}',
    ])
    expect(two!.text).toContain('\nconst y = 3')
  })

  test('run without the blocks that are checked for types only', () => {
    const file = page(
      ...block('const x = 1'),
      '<!-- blocks: types only, because of a reason -->',
      ...block('const inBrowsers = 2'),
    )
    const [program] = blockPrograms(readCodeBlocks(file))
    expect(program!.text).toContain('inBrowsers')
    expect(program!.textToRun).toContain('const x = 1')
    expect(program!.textToRun).not.toContain('inBrowsers')
  })

  test('have errors at the lines of their page', () => {
    const file = page(
      '<!-- given',
      'declare const known: number',
      '-->',
      ...block('const right: number = known'),
      'Text.',
      ...block('const wrong: string = right'),
    )
    const [program] = blockPrograms(readCodeBlocks(file))
    const written = join(folder, 'program.ts')
    writeFileSync(written, program!.text)
    expect(checkTypes(new Map([[written, program!]]))).toEqual([
      `${file}:9: Type 'number' is not assignable to type 'string'.`,
    ])
  })
})

describe('commands', () => {
  test('are found in blocks, in indented lines and in the text; what is printed is none', () => {
    const file = page(
      '    npx -y pnpm@10.34.9 test       # runs every test',
      'Type `DATA=… pnpm grid`, not `pnpm`.',
      '```',
      '$ npx dbloss train ./photos \\',
      '    --loss db',
      'dbloss says something',
      '```',
    )
    expect(readCommands(file).map(({ line, text }) => [line, text])).toEqual([
      [4, 'dbloss train ./photos --loss db'],
      [1, 'pnpm test'],
      [2, 'pnpm grid'],
    ])
  })

  test.each([
    ['pnpm check', undefined],
    ['pnpm chek', 'there is no script chek'],
    ['pnpm --filter @dbloss/benchmarks start', undefined],
    ['pnpm --filter @dbloss/benchmark start', 'there is no package @dbloss/benchmark'],
    ['dbloss train ./photos --loss db --sampler class-aware', undefined],
    ['pnpm dbloss trian ./photos', 'dbloss has no command trian'],
    ['dbloss train ./photos --los db', 'dbloss train has no flag --los'],
    ['dbloss --help', undefined],
  ])('%s: %s', (text, expected) => {
    expect(commandError({ page: 'README.md', line: 1, text })).toBe(expected)
  })
})
