import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { Command } from 'commander'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { checkWritable, writeWholeFile } from '../write-file.ts'

interface ReportCommandOptions {
  readonly output: string
  readonly pictures?: string
  readonly title?: string
  readonly json: boolean
}

const help = `
Examples:
  $ dbloss report ./my-model --pictures ./photos
  $ dbloss report ./my-model/predictions.jsonl --output comparison.html --title 'Beaches, November'

The report is one file that needs nothing else. With --pictures it shows the most wrong pictures and the labels to doubt as
small pictures; without, by their names.
`

/** Adds `dbloss report`. */
export function addReport(program: Command, io: Io): void {
  program
    .command('report')
    .summary('make one HTML file of what training found')
    .description('Make a report of the predictions that `dbloss train` has saved: one HTML file.')
    .argument('<source>', 'the folder of a model, or a predictions.jsonl')
    .option('-o, --output <file>', 'the report; a file that is there is replaced', 'report.html')
    .option('--pictures <folder>', 'the data that was trained on, for thumbnails')
    .option('--title <text>', 'the heading')
    .option('--json', 'print where the report is as JSON', false)
    .addHelpText('after', help)
    .action((source: string, options: ReportCommandOptions) => report(source, options, io))
}

/**
 * Writes a report of a predictions file.
 *
 * @throws DblossError `data` for predictions that are missing or damaged and for a folder of pictures that is not there,
 * `output` for a report that cannot be written.
 */
async function report(source: string, { output, pictures, title, json }: ReportCommandOptions, io: Io): Promise<void> {
  await checkWritable(output)
  if (pictures !== undefined && !(await isFolder(pictures))) {
    throw new DblossError('data', `there is no folder ${pictures}; expected the folder of the pictures`, {
      argument: 'pictures',
      found: pictures,
      expected: 'the folder of the pictures',
    })
  }
  const file = (await isFolder(source)) ? join(source, 'predictions.jsonl') : source
  const { readPredictions } = await import('@dbloss/transformers')
  const predictions = await readPredictions(file)
  const { reportHtml } = await import('../report/report-html.ts')
  const { thumbnailsIn } = await import('../report/thumbnails.ts')
  const html = await reportHtml(predictions, {
    readThumbnail: thumbnailsIn(pictures ?? dirname(file)),
    ...(title === undefined ? {} : { title }),
  })
  io.signal?.throwIfAborted()
  await writeWholeFile(output, html)
  const runs = predictions.runs.map(({ name }) => name)
  if (json) printJson({ source: file, output, runs, pictures: predictions.scored.length }, io)
  else {
    const counts = `${predictions.scored.length} pictures, ${runs.length === 1 ? '1 run' : `${runs.length} runs`}`
    io.stdout.write(`The report is in ${coloursFor(io, io.stdout).bold(output)}: ${counts}\n`)
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}
