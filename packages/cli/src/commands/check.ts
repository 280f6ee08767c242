import { DblossError } from '@dbloss/core'
import type { Dataset, DatasetCheck } from '@dbloss/transformers'
import type { Command } from 'commander'
import { addDataOptions, type DataOptions, dataArgument, readData } from '../data-options.ts'
import { type Finding, findingsOf } from '../findings.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { createProgressDisplay } from '../progress.ts'
import { plural } from '../tables.ts'

interface CheckOptions extends DataOptions {
  readonly strict: boolean
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss check ./photos
  $ dbloss check ./VOC2007 --format pascal-voc
  $ dbloss check ./photos --strict --json > check.json      exit code 1 when something is wrong

Something is wrong:
  pictures that cannot be read, the same picture twice, labels that no picture or every picture has, or that a split lacks
Worth a look:
  pictures that look the same, pictures without labels, files that the data does not mention
`

/** Adds `dbloss check`. */
export function addCheck(program: Command, io: Io): void {
  const command = program
    .command('check')
    .summary('look for unreadable and duplicate pictures, and labels that cannot be learned')
    .description('Read every picture of a data set, and look for what spoils training.')
    .argument('<data>', dataArgument)
  addDataOptions(command)
    .option('--strict', 'end with exit code 1 when something is wrong', false)
    .option('--json', 'print JSON instead of text', false)
    .addHelpText('after', help)
    .action((data: string, options: CheckOptions) => check(data, options, io))
}

/**
 * Prints what `checkDataset` of `@dbloss/transformers` finds.
 *
 * @throws DblossError as `readDataset`, and `data` when something is wrong and `strict` is set.
 */
async function check(data: string, options: CheckOptions, io: Io): Promise<void> {
  const dataset = await readData(data, options)
  const found = await examine(dataset, io)
  const { problems, remarks } = findingsOf(found)
  if (options.json) printJson({ data, problems: problems.length, ...found }, io)
  else printFindings(found, problems, remarks, io)
  if (options.strict && problems.length > 0) {
    const titles = problems.map(({ title }) => title).join('; ')
    throw new DblossError('data', `${data} has ${problems.length} kinds of problems: ${titles}`, {
      argument: 'data',
      found: titles,
      expected: 'data without problems',
    })
  }
}

async function examine(dataset: Dataset, io: Io): Promise<DatasetCheck> {
  const { checkDataset } = await import('@dbloss/transformers')
  const display = createProgressDisplay(io)
  try {
    return await checkDataset(dataset, { signal: io.signal, onProgress: display.show })
  } finally {
    display.end()
  }
}

/** So many paths of a finding are shown. */
const mostPaths = 10

function printFindings(
  { imageCounts }: DatasetCheck,
  problems: readonly Finding[],
  remarks: readonly Finding[],
  io: Io,
): void {
  const colours = coloursFor(io, io.stdout)
  const counts = Object.entries(imageCounts).map(([split, count]) => `${count} of ${split}`)
  const lines = [`Pictures: ${counts.join(', ')}`]
  for (const { title, details } of problems) lines.push('', colours.red(title), ...shortList(details))
  for (const { title, details } of remarks) lines.push('', colours.yellow(title), ...shortList(details))
  const verdict =
    problems.length === 0
      ? colours.green('Nothing is wrong.')
      : `${problems.length} ${plural(problems.length, 'kind')} of problems.`
  io.stdout.write(`${[...lines, '', verdict].join('\n')}\n`)
}

function shortList(details: readonly string[]): string[] {
  const hidden = details.length - mostPaths
  const rest = hidden > 0 ? [`… and ${hidden} more, all of them with --json`] : []
  return [...details.slice(0, mostPaths), ...rest].map((detail) => `  ${detail}`)
}
