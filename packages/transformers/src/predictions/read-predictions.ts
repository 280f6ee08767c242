import { type FileHandle, open } from 'node:fs/promises'
import { DblossError } from '@dbloss/core'
import { checkHeader, checkPredictionLine, refusalsIn } from './check-predictions.ts'
import type { Predictions, PredictionsHeader, ScoredPicture, TrainingPicture } from './predictions.ts'

/**
 * Reads a predictions file, line by line; `docs/report.md` describes the format. Logits come as `Float32Array`.
 *
 * @throws DblossError `data` for a file that is missing or cut off, and for a line that is not as the format says; the
 * message has the number of the line.
 */
export async function readPredictions(file: string): Promise<Predictions> {
  const handle = await openFile(file)
  try {
    let header: PredictionsHeader | undefined
    const training: TrainingPicture[] = []
    const scored: ScoredPicture[] = []
    let number = 0
    for await (const text of handle.readLines()) {
      number++
      const where = `${file}, line ${number}`
      const line = parseLine(text, where)
      const refuse = refusalsIn(where, 'data')
      if (header === undefined) {
        header = checkHeader(line, refuse)
        continue
      }
      const picture = checkPredictionLine(line, header, refuse)
      if (picture.split === 'train') training.push(picture)
      else scored.push(picture)
    }
    if (header === undefined) throw broken(`${file} is empty`, 0, 'a header and a line a picture')
    checkCounts(file, header, training.length, number - 1)
    const { classNames, classCounts, sampleCount, runs } = header
    return { classNames, classCounts, sampleCount, runs, training, scored }
  } finally {
    await handle.close()
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
  } catch (cause) {
    const problem = `the predictions file ${file} cannot be opened: ${(cause as Error).message}`
    throw new DblossError('data', problem, { argument: 'predictions', found: file, expected: 'a file', cause })
  }
  throw broken(`${file} is not a file`, file, 'a predictions file')
}

function parseLine(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DblossError('data', `${where} is not JSON, or is cut off: ${(cause as Error).message}`, {
      argument: 'predictions',
      found: text.slice(0, 80),
      expected: 'a JSON object',
      cause,
    })
  }
}

function checkCounts(file: string, header: PredictionsHeader, training: number, images: number): void {
  const { imageCount, sampleCount } = header
  if (images !== imageCount) {
    throw broken(`${file} has ${images} pictures, but its first line says ${imageCount}`, images, String(imageCount))
  }
  if (training !== 0 && training !== sampleCount) {
    const problem = `${file} has ${training} training pictures, but sampleCount is ${sampleCount}`
    throw broken(problem, training, `none or ${sampleCount}`)
  }
}

function broken(problem: string, found: unknown, expected: string): DblossError {
  return new DblossError('data', `${problem}; expected ${expected}`, { argument: 'predictions', found, expected })
}
