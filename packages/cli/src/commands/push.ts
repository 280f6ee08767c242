import type { PushedModel } from '@dbloss/transformers'
import type { Command } from 'commander'
import { addHubOptions, filesTable, type TypedHubOptions, tokenHelp, withHubProgress } from '../hub-options.ts'
import { Interruption } from '../interruption.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'

interface PushOptions extends TypedHubOptions {
  readonly private: boolean
  readonly message?: string
  readonly withPredictions: boolean
  readonly dryRun: boolean
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss push ./my-model user/my-model --dry-run      which files would go up; needs no token
  $ dbloss push ./my-model user/my-model --private
  $ HF_TOKEN=$(cat token.txt) dbloss push ./my-model user/my-model --message 'Train on more pictures'

${tokenHelp}
Reports and other files stay here. predictions.jsonl names your pictures, so it stays too, but for --with-predictions.
Files come into the repository in one step, at the end. What was sent before an interruption is not sent again.
`

/** Adds `dbloss push`. */
export function addPush(program: Command, io: Io): void {
  const command = program
    .command('push')
    .summary('push a model to the Hugging Face Hub')
    .description(
      'Push a model that `dbloss train` has saved to the Hugging Face Hub. The repository is made if it is missing.',
    )
    .argument('<model>', 'the folder of the model')
    .argument('<repository>', 'where it goes: user/name or organization/name')
    .option('--private', 'make a new repository private, and refuse one that is public', false)
    .option('--message <text>', 'the title of the commit')
    .option('--with-predictions', 'push predictions.jsonl too, which names pictures', false)
  addHubOptions(command)
    .option('--dry-run', 'only list what would be pushed', false)
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', help)
    .action((model: string, repository: string, options: PushOptions) => push(model, repository, options, io))
}

/**
 * Pushes a saved model to the hub, or lists what would be pushed.
 *
 * @throws DblossError as `pushToHub` of `@dbloss/transformers`; Interruption.
 */
async function push(model: string, repository: string, options: PushOptions, io: Io): Promise<void> {
  const { withPredictions, dryRun, json } = options
  const { checkRepository, filesToPush } = await import('@dbloss/transformers')
  if (!dryRun) {
    const pushed = await pushModel(model, repository, options, io)
    if (json) printJson({ model, ...pushed }, io)
    else printPushed(pushed, io)
    return
  }
  checkRepository(repository)
  const { files, notes } = await filesToPush(model, { withPredictions })
  const listed = files.map(({ path, size }) => ({ path, size }))
  if (json) {
    printJson({ model, repository, dryRun, files: listed, notes }, io)
    return
  }
  io.stdout.write(`${filesTable(listed, io)}\n${lines(notes)}`)
  io.stdout.write(`Nothing is sent: without --dry-run these files go to ${repository}.\n`)
}

async function pushModel(folder: string, repository: string, options: PushOptions, io: Io): Promise<PushedModel> {
  const { message, withPredictions } = options
  const { pushToHub } = await import('@dbloss/transformers')
  try {
    return await withHubProgress(options, io, (hub) =>
      pushToHub({
        ...{ folder, repository, withPredictions, private: options.private, ...hub },
        ...(message === undefined ? {} : { message }),
      }),
    )
  } catch (error) {
    if (!io.signal?.aborted) throw error
    throw new Interruption(`The files of ${repository} are as they were: they change in one step, at the end.`)
  }
}

function printPushed({ repository, url, created, files, removed, notes }: PushedModel, io: Io): void {
  const colours = coloursFor(io, io.stdout)
  const gone = removed.map((path) => `${path} of an earlier model is removed.`)
  io.stdout.write(`${filesTable(files, io)}
${lines([...gone, ...notes])}${created ? 'Made' : 'Changed'} ${url}
Use it:  ${colours.cyan(`multiLabelPipeline('${repository}')`)} or ${colours.cyan(`dbloss predict ${repository} photo.jpg`)}
`)
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}
