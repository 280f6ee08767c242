import ts from 'typescript'
import type { CodeBlock } from './markdown.ts'

/** Blocks that are read one after the other, as one module. */
export interface BlockProgram {
  /** All but those that are skipped. */
  readonly blocks: readonly CodeBlock[]
  /** What the compiler checks. */
  readonly text: string
  /** For each line of the text the line of the page that it comes from. */
  readonly pageLines: readonly number[]
  /** What is run: the text without the blocks that are checked for types only; nothing where all are. */
  readonly textToRun?: string
}

/** A name that a block imports. */
interface Binding {
  readonly name: string
  readonly module: string
  /** What stands between `import` and `from`. */
  readonly clause: string
  /** Index of the line in the block. */
  readonly line: number
}

/**
 * Puts the blocks of a page together. A block goes on with those before it, in a scope of its own, so that it sees what was
 * imported and declared and may declare it again. It begins a new program where something else is given, and where it
 * imports a name that stands for something else above.
 */
export function blockPrograms(blocks: readonly CodeBlock[]): BlockProgram[] {
  const groups: CodeBlock[][] = []
  let imported = new Map<string, string>()
  for (const block of blocks) {
    const before = groups.at(-1)?.[0]
    const bindings = readImports(block).bindings
    const goesOn =
      before?.given === block.given && bindings.every(({ name, module }) => (imported.get(name) ?? module) === module)
    if (goesOn) groups.at(-1)!.push(block)
    else {
      groups.push([block])
      imported = new Map()
    }
    for (const { name, module } of bindings) imported.set(name, module)
  }
  return groups.map(toProgram)
}

function toProgram(blocks: readonly CodeBlock[]): BlockProgram {
  const { text, pageLines } = write(blocks, blocks)
  const toRun = blocks.filter(({ depth }) => depth.kind === 'run')
  return { blocks, text, pageLines, ...(toRun.length === 0 ? {} : { textToRun: write(blocks, toRun).text }) }
}

/** The imports of all blocks and what is given, then some of the blocks, each in the scope of the one before. */
function write(blocks: readonly CodeBlock[], some: readonly CodeBlock[]): Pick<BlockProgram, 'text' | 'pageLines'> {
  const text: string[] = []
  const pageLines: number[] = []
  const add = (lines: readonly string[], line: number, step = 1): void => {
    text.push(...lines)
    pageLines.push(...lines.map((_, index) => line + index * step))
  }
  const imported = new Set<string>()
  for (const block of blocks) {
    for (const { name, module, clause, line } of readImports(block).bindings) {
      // What a block takes from a file beside it is given.
      if (!imported.has(name) && !module.startsWith('.')) add([`import ${clause} from '${module}'`], block.line + line)
      imported.add(name)
    }
  }
  const { given } = blocks[0]!
  add(given.lines, given.line)
  for (const block of some) {
    add(['{'], block.line)
    add(readImports(block).rest, block.line)
  }
  add([...some.map(() => '}'), 'export {}'], some.at(-1)!.line, 0)
  return { text: text.join('\n'), pageLines }
}

/** What a block imports, and its lines without that; an inner scope neither imports nor exports. */
function readImports({ lines }: CodeBlock): { bindings: Binding[]; rest: string[] } {
  const rest = lines.map((line) => line.replace(/^export (default )?/, ''))
  const file = ts.createSourceFile('block.ts', lines.join('\n'), ts.ScriptTarget.Latest)
  const lineAt = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  const bindings = file.statements.filter(ts.isImportDeclaration).flatMap((statement) => {
    const line = lineAt(statement.getStart(file))
    rest.fill('', line, lineAt(statement.end) + 1)
    const module = (statement.moduleSpecifier as ts.StringLiteral).text
    return bindingsOf(statement.importClause, file).map((binding) => ({ ...binding, module, line }))
  })
  return { bindings, rest }
}

function bindingsOf(clause: ts.ImportClause | undefined, file: ts.SourceFile): Pick<Binding, 'name' | 'clause'>[] {
  const type = clause?.isTypeOnly ? 'type ' : ''
  const named = clause?.namedBindings
  const single = clause?.name === undefined ? [] : [{ name: clause.name.text, clause: `${type}${clause.name.text}` }]
  if (named === undefined) return single
  if (ts.isNamespaceImport(named))
    return [...single, { name: named.name.text, clause: `${type}${named.getText(file)}` }]
  return [
    ...single,
    ...named.elements.map((each) => ({ name: each.name.text, clause: `${type}{ ${each.getText(file)} }` })),
  ]
}
