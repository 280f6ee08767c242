import { resolve } from 'node:path'
import ts from 'typescript'
import type { BlockProgram } from './programs.ts'

/**
 * Checks all programs at once, against the sources of the packages, with the strictness of this repository.
 *
 * @param files - each program by the path that it was written to.
 * @returns a line for each error, with its place in the page.
 */
export function checkTypes(files: ReadonlyMap<string, BlockProgram>): string[] {
  const { config } = ts.readConfigFile('tsconfig.base.json', ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.')
  const program = ts.createProgram([...files.keys()], {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    moduleDetection: ts.ModuleDetectionKind.Force,
    // Blocks show how something is made and leave its use to the reader.
    noUnusedLocals: false,
    noUnusedParameters: false,
    noEmit: true,
  })
  return [...files].flatMap(([file, { blocks, pageLines }]) => {
    const source = program.getSourceFile(resolve(file))!
    const hasTypes = blocks.some(({ language }) => language === 'ts')
    const found: ts.Diagnostic[] = [
      ...program.getSyntacticDiagnostics(source),
      ...(hasTypes ? program.getSemanticDiagnostics(source) : []),
    ]
    return found.map(({ start = 0, messageText }) => {
      const line = pageLines[source.getLineAndCharacterOfPosition(start).line]
      return `${blocks[0]!.page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`
    })
  })
}
