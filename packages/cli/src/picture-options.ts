import type { BackboneDtype, OnBadImage, Pooling } from '@dbloss/transformers'
import { type Command, Option } from 'commander'

const poolings: readonly Pooling[] = ['auto', 'cls', 'mean', 'cls+mean', 'pooler']
const dtypes: readonly BackboneDtype[] = ['fp32', 'fp16', 'q8']
const badImageActions: readonly OnBadImage[] = ['fail', 'skip']

/** How a backbone makes features of pictures. */
export interface BackboneOptions {
  readonly pooling: Pooling
  readonly dtype: BackboneDtype
}

/** What an unreadable picture does. */
export interface BadImageOption {
  readonly onBadImage: OnBadImage
}

/** Adds the options of how a backbone makes features. */
export function addBackboneOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--pooling <name>', 'how a base model’s output becomes one vector').choices(poolings).default('auto'),
    )
    .addOption(new Option('--dtype <name>', 'the precision of the backbone').choices(dtypes).default('fp32'))
}

/** Adds the option of what an unreadable picture does. */
export function addBadImageOption(command: Command): Command {
  return command.addOption(
    new Option('--on-bad-image <action>', 'what an unreadable picture does').choices(badImageActions).default('fail'),
  )
}
