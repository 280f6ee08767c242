import { type DblossErrorCode, isDblossError } from '@dbloss/core'
import { coloursFor, type Io } from './io.ts'

/** What to try next, by kind of error. */
const nextSteps: Partial<Record<DblossErrorCode, string>> = {
  data: 'The layout of a picture folder is described in: dbloss train --help; dbloss check looks at every picture.',
  model:
    'Try another model, such as --model onnx-community/dinov2-small, or a local folder in the transformers.js layout.',
  output: 'Choose another place, or make room there; train --overwrite replaces a model that is there.',
  statistics: 'Every class needs at least one picture that shows it and one that does not.',
}

/** What errors of data and models are about that neither the layout of a picture folder nor another backbone helps with. */
const otherData = new Set(['copies', 'folder', 'images', 'list', 'pictures', 'predictions', 'splits'])

/** Prints an error as one readable line, and what to try next where there is something to suggest. */
export function reportError(error: unknown, io: Io): void {
  const colours = coloursFor(io, io.stderr)
  const message = error instanceof Error ? error.message : String(error)
  io.stderr.write(`${colours.red('error:')} ${oneLine(message)}\n`)
  const nextStep = nextStepAfter(error)
  if (nextStep !== undefined) io.stderr.write(`${nextStep}\n`)
}

function nextStepAfter(error: unknown): string | undefined {
  if (!isDblossError(error) || otherData.has(error.argument ?? '')) return undefined
  return nextSteps[error.code]
}

function oneLine(message: string): string {
  return message.trim().replaceAll(/\s*\n\s*/g, '; ')
}
