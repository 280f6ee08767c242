import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DblossError, isDblossError } from '@dbloss/core'
import { checkHeader, checkPredictionLine, refusalsIn } from './check-predictions.ts'
import { type PredictionLine, type PredictionsHeader, predictionsFormat } from './predictions.ts'

/** What {@link writePredictions} writes. */
export interface WritePredictionsOptions {
  readonly header: PredictionsHeader
  /** Read once and not kept: training pictures, if any, and those that were scored. */
  readonly pictures: Iterable<PredictionLine> | AsyncIterable<PredictionLine>
  /** Ends the work early; nothing half-written is left behind. */
  readonly signal?: AbortSignal
}

/** So many characters are collected before they are written. */
const chunkLength = 1 << 18

/**
 * Writes a predictions file, which {@link readPredictions} reads back: a header, then a line a picture. The file appears as
 * a whole, or not at all; one that is there is replaced. Logits are written in single precision, in the fewest digits that
 * give the same `Float32` again.
 *
 * @throws DblossError `argument` for a header or a picture that the format does not allow, and when `imageCount` is not the
 * number of pictures; `output` when the file cannot be written. Rejects with the signal's reason when it is aborted.
 */
export async function writePredictions(
  file: string,
  { header, pictures, signal }: WritePredictionsOptions,
): Promise<void> {
  const checked = checkHeader({ ...predictionsFormat, ...header }, refusalsIn('header', 'argument'))
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await writeLines(temporary, linesOf(checked, pictures, signal))
    signal?.throwIfAborted()
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    if (isDblossError(error) || !isSystemError(error)) throw error
    throw new DblossError('output', `${file} cannot be written: ${error.message}`, {
      argument: 'output',
      found: file,
      expected: 'a file in a folder that can be written, with space for it',
      cause: error,
    })
  }
}

async function* linesOf(
  header: PredictionsHeader,
  pictures: WritePredictionsOptions['pictures'],
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  yield JSON.stringify({ ...predictionsFormat, ...header })
  let count = 0
  for await (const picture of pictures) {
    signal?.throwIfAborted()
    yield lineOf(checkPredictionLine(picture, header, refusalsIn(`pictures[${count}]`, 'argument')))
    count++
  }
  if (count !== header.imageCount) {
    throw new DblossError('argument', `there are ${count} pictures, but imageCount is ${header.imageCount}`, {
      argument: 'imageCount',
      found: header.imageCount,
      expected: String(count),
    })
  }
}

function lineOf(picture: PredictionLine): string {
  const { file, split, labels } = picture
  if (picture.split === 'train') return JSON.stringify({ file, split, labels })
  const logits = Object.entries(picture.logits).map(
    ([name, values]) => `${JSON.stringify(name)}:[${Array.from(values, shortestFloat32).join(',')}]`,
  )
  return `${JSON.stringify({ file, split, labels }).slice(0, -1)},"logits":{${logits.join(',')}}}`
}

/** The shorter decimals that round to the same number of single precision; nine digits always do. */
function shortestFloat32(value: number): string {
  for (const digits of [7, 8]) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(Number(value.toPrecision(9)))
}

async function writeLines(file: string, lines: AsyncIterable<string>): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    let chunk = ''
    for await (const line of lines) {
      chunk += `${line}\n`
      if (chunk.length < chunkLength) continue
      await handle.writeFile(chunk)
      chunk = ''
    }
    await handle.writeFile(chunk)
  } finally {
    await handle.close()
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
