import ts from 'typescript'
import type { CodeBlock } from './markdown.ts'

/** Blocks that are read one after the other, as one module. */
export interface BlockProgram {
  readonly blocks: readonly CodeBlock[]
  readonly text: string
  /** For each line of the text the line of the page that it comes from. */
  readonly pageLines: readonly number[]
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
 * imported and declared and may declare it again. It begins a new program where it is checked to another depth, where
 * something else is given, and where it imports a name that stands for something else above.
 */
export function blockPrograms(blocks: readonly CodeBlock[]): BlockProgram[] {
  const groups: CodeBlock[][] = []
  let imported = new Map<string, string>()
  for (const block of blocks) {
    const before = groups.at(-1)?.[0]
    const bindings = readImports(block).bindings
    const goesOn =
      before?.depth === block.depth &&
      before.given === block.given &&
      bindings.every(({ name, module }) => (imported.get(name) ?? module) === module)
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
  const text: string[] = []
  const pageLines: number[] = []
  const write = (lines: readonly string[], line: number, step = 1): void => {
    text.push(...lines)
    pageLines.push(...lines.map((_, index) => line + index * step))
  }
  const { given } = blocks[0]!
  const imported = new Set<string>()
  for (const block of blocks) {
    for (const { name, module, clause, line } of readImports(block).bindings) {
      // What a block takes from a file beside it is given.
      if (!imported.has(name) && !module.startsWith('.'))
        write([`import ${clause} from '${module}'`], block.line + line)
      imported.add(name)
    }
  }
  write(given.lines, given.line)
  for (const block of blocks) {
    write(['{'], block.line)
    write(readImports(block).rest, block.line)
  }
  write([...blocks.map(() => '}'), 'export {}'], blocks.at(-1)!.line, 0)
  return { blocks, text: text.join('\n'), pageLines }
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
