/** Fails for a public export, or a public member of one, without a docstring. */
import { join, relative } from 'node:path'
import ts from 'typescript'
import { entryNames, publishedPackages } from './workspace.ts'

const entries = publishedPackages().flatMap((each) =>
  entryNames(each).map((name) => join(each.folder, 'src', `${name}.ts`)),
)
const configuration = ts.getParsedCommandLineOfConfigFile(
  'tsconfig.json',
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
    },
  },
)
const program = ts.createProgram(entries, configuration!.options)
const checker = program.getTypeChecker()

const undocumented = new Set<string>()
let count = 0
for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)
  if (module === undefined) continue
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const declaration = symbol.declarations?.[0]
    if (declaration === undefined) continue
    count++
    if (symbol.getDocumentationComment(checker).length === 0) {
      const file = declaration.getSourceFile()
      const { line } = file.getLineAndCharacterOfPosition(declaration.getStart())
      undocumented.add(`${relative('.', file.fileName)}:${line + 1} ${exported.name}`)
    }
  }
}
for (const place of undocumented) console.error(`no docstring: ${place}`)
console.log(`${count} public exports, ${undocumented.size} without a docstring`)
process.exitCode = undocumented.size === 0 && count > 0 ? 0 : 1
