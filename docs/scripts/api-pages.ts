import { resolve } from 'node:path'
import { Application, type TypeDocOptions } from 'typedoc'
import { load, MarkdownPageEvent, type PluginOptions } from 'typedoc-plugin-markdown'
import { entryNames, publishedPackages } from '../../scripts/workspace.ts'

/** The names under which users import the entries, by file. */
const importNames = new Map(
  publishedPackages().flatMap((each) =>
    entryNames(each).map((entry): [string, string] => [
      resolve(each.folder, 'src', `${entry}.ts`),
      entry === 'index' ? each.name : `${each.name}/${entry}`,
    ]),
  ),
)

const options: TypeDocOptions & Partial<PluginOptions> = {
  entryPoints: [...importNames.keys()],
  tsconfig: 'docs/tsconfig.api.json',
  // Types are checked by a step of their own.
  skipErrorChecking: true,
  logLevel: 'Error',
  plugin: [load],
  // Without `outputs` the plugin would write to its default folder, docs, and empty it first.
  outputs: [{ name: 'markdown', path: 'docs/api' }],
  name: 'API',
  readme: 'none',
  disableSources: true,
  excludeExternals: true,
  groupOrder: ['Functions', 'Variables', 'Classes', 'Interfaces', 'Type Aliases', 'References'],
  outputFileStrategy: 'modules',
  excludeScopesInPaths: true,
  entryFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true },
  sanitizeComments: true,
  useHTMLEncodedBrackets: true,
  useCustomAnchors: true,
}

/**
 * Writes docs/api from the docstrings: one page for each entry, with all that it exports. The folder is not part of the
 * repository.
 */
export async function writeApiPages(): Promise<void> {
  const application = await Application.bootstrapWithPlugins(options)
  // A description that begins with its shape, as `[B, C]: …`, is not the definition of a link.
  application.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = (page.contents ?? '').replaceAll(/^(\[[^\]]*\]):/gm, '\\$1:')
  })
  const project = await application.convert()
  if (project === undefined) throw new Error('typedoc could not read the packages')
  for (const module of project.children ?? []) {
    module.name = importNames.get(project.files.getReflectionPath(module) ?? '') ?? module.name
  }
  await application.generateOutputs(project)
  console.log(`docs/api has the exports of ${importNames.size} entries`)
}
