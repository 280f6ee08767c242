import type { CopyDtype } from '@dbloss/transformers'
import { InvalidArgumentError } from 'commander'

const copyDtypes: readonly CopyDtype[] = ['q8', 'fp16']

/** Reads `q8,fp16`: the precisions of copies of a model. */
export function parseCopies(text: string): CopyDtype[] {
  return text.split(',').map((item) => {
    const dtype = copyDtypes.find((name) => name === item.trim())
    if (dtype !== undefined) return dtype
    throw new InvalidArgumentError(`'${item}' is no copy; expected ${copyDtypes.join(', ')}, separated by commas.`)
  })
}
