import type { CopyDtype } from '@dbloss/transformers'
import { type Command, InvalidArgumentError, Option } from 'commander'

const copyDtypes: readonly CopyDtype[] = ['q8', 'fp16']

/** Reads `q8,fp16`: the precisions of copies of a model. */
export function parseCopies(text: string): CopyDtype[] {
  return text.split(',').map((item) => {
    const dtype = copyDtypes.find((name) => name === item.trim())
    if (dtype !== undefined) return dtype
    throw new InvalidArgumentError(`'${item}' is no copy; expected ${copyDtypes.join(', ')}, separated by commas.`)
  })
}

/** Which copy of a saved model is run. */
export interface CopyOption {
  readonly copy?: CopyDtype
}

/** Adds the option of which copy of a saved model is run. */
export function addCopyOption(command: Command): Command {
  return command.addOption(
    new Option('--copy <dtype>', 'run this copy of the model (default: the model itself)').choices(copyDtypes),
  )
}
