import type { Command } from 'commander'
import { addHubOptions, filesTable, type TypedHubOptions, tokenHelp, withHubProgress } from '../hub-options.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'

interface PullOptions extends TypedHubOptions {
  readonly revision?: string
  readonly overwrite: boolean
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss pull user/my-model ./my-model
  $ dbloss pull user/my-model ./earlier --revision v1      a branch, a tag or the hash of a commit

predict and evaluate take user/my-model as it is, and keep it in the cache of transformers.js. thresholds, report and push need a
folder. ${tokenHelp}
`

/** Adds `dbloss pull`. */
export function addPull(program: Command, io: Io): void {
  const command = program
    .command('pull')
    .summary('download a model from the Hugging Face Hub')
    .description(
      'Download all files of a model from the Hugging Face Hub into a folder, which appears as a whole or not at all.',
    )
    .argument('<repository>', 'user/name or organization/name')
    .argument('<folder>', 'where it goes: a new folder')
    .option('--revision <name>', 'a branch, a tag or a commit (default: main)')
    .option('--overwrite', 'replace a model that dbloss has written', false)
  addHubOptions(command)
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', help)
    .action((repository: string, folder: string, options: PullOptions) => pull(repository, folder, options, io))
}

/**
 * Downloads a model from the hub.
 *
 * @throws DblossError as `downloadFromHub` of `@dbloss/transformers`.
 */
async function pull(repository: string, folder: string, options: PullOptions, io: Io): Promise<void> {
  const { revision, overwrite, json } = options
  const { downloadFromHub } = await import('@dbloss/transformers')
  const downloaded = await withHubProgress(options, io, (hub) =>
    downloadFromHub({ repository, folder, overwrite, ...hub, ...(revision === undefined ? {} : { revision }) }),
  )
  if (json) {
    printJson(downloaded, io)
    return
  }
  const colours = coloursFor(io, io.stdout)
  io.stdout.write(`${filesTable(downloaded.files, io)}
${repository} at ${downloaded.commit} is in ${folder}
Next:  ${colours.cyan(`dbloss predict ${folder} photo.jpg`)}
`)
}
