import { DblossError } from '@dbloss/core'
import type { Dataset, DatasetFormat, ImageItem, SplitName } from '@dbloss/transformers'
import { type Command, InvalidArgumentError, Option } from 'commander'

/** Which data is read, and how. */
export interface DataOptions {
  readonly format?: DatasetFormat
  readonly images?: string
}

/** Which of its splits are used. */
export interface SplitsOption {
  readonly splits?: readonly SplitName[]
}

const formats: readonly DatasetFormat[] = ['imagefolder', 'coco', 'pascal-voc', 'parquet', 'table']
const splitNames: readonly SplitName[] = ['train', 'validation', 'test']

/** What help calls the argument of a data set. */
export const dataArgument = 'a folder or file: imagefolder, COCO, Pascal VOC, Parquet or CSV'

/** Adds the options of how data is read. */
export function addDataOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <name>', 'of the data (default: recognised by the names of the files)').choices(formats),
    )
    .option('--images <folder>', 'where the images of COCO or CSV are, if not beside the file')
}

/** Adds the option of which splits are used. */
export function addSplitsOption(command: Command, description: string): Command {
  return command.option('--splits <list>', description, parseSplits)
}

/** Reads `validation,test`. */
export function parseSplits(text: string): SplitName[] {
  return text.split(',').map((item) => {
    const split = splitNames.find((name) => name === item.trim())
    if (split !== undefined) return split
    throw new InvalidArgumentError(`'${item}' is no split; expected ${splitNames.join(', ')}, separated by commas.`)
  })
}

/** @throws DblossError as `readDataset` of `@dbloss/transformers`. */
export async function readData(source: string, { format, images }: DataOptions): Promise<Dataset> {
  const { readDataset } = await import('@dbloss/transformers')
  return readDataset(source, {
    ...(format === undefined ? {} : { format }),
    ...(images === undefined ? {} : { images }),
  })
}

/** A split and its images. */
export type NamedSplit = readonly [name: SplitName, items: readonly ImageItem[]]

/** The splits of the data, in their usual order. */
export function splitsOf({ splits }: Dataset): NamedSplit[] {
  return splitNames.flatMap((name): NamedSplit[] => (splits[name] === undefined ? [] : [[name, splits[name]]]))
}

/**
 * The splits that were asked for.
 *
 * @throws DblossError `data` for one that the data lacks.
 */
export function namedSplits(dataset: Dataset, names: readonly SplitName[]): NamedSplit[] {
  const splits = splitsOf(dataset)
  return [...new Set(names)].map((name) => {
    const split = splits.find(([existing]) => existing === name)
    if (split !== undefined) return split
    const found = splits.map(([existing]) => existing).join(', ')
    throw new DblossError('data', `the data has no ${name} split; it has ${found}; choose with --splits`, {
      argument: 'splits',
      found,
      expected: name,
    })
  })
}
