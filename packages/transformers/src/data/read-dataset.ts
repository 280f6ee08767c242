import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DblossError } from '@dbloss/core'
import { type CocoOptions, readCoco } from './coco.ts'
import { cocoSplitOf } from './coco-files.ts'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { listFolder } from './image-files.ts'
import { readImageFolder } from './image-folder.ts'
import { metadataNames } from './labelled-folder.ts'
import { type ParquetOptions, readParquet } from './parquet.ts'
import { isParquetFile } from './parquet-files.ts'
import { isPascalVoc, type PascalVocOptions, readPascalVoc } from './pascal-voc.ts'
import { splitNamed } from './split-names.ts'
import { readTable, type TableOptions, tableFiles } from './table.ts'

/** The formats that {@link readDataset} reads. */
export type DatasetFormat = 'imagefolder' | 'coco' | 'pascal-voc' | 'parquet' | 'table'

/** Options of {@link readDataset}: the format, and those of its reader. */
export interface ReadDatasetOptions extends CocoOptions, PascalVocOptions, ParquetOptions, TableOptions {
  /** Default: recognised by the names of the files. */
  readonly format?: DatasetFormat
}

interface Format {
  /** What its layout looks like, for messages. */
  readonly layout: string
  /** Whether a single file is of this format. */
  isFile(name: string): boolean
  /** Whether a folder with these files is. */
  isFolder(files: readonly string[]): boolean
  read(source: string, options: ReadDatasetOptions): Promise<Dataset>
}

const formats: Readonly<Record<DatasetFormat, Format>> = {
  imagefolder: {
    layout: 'metadata.jsonl or metadata.csv, perhaps in train, validation and test',
    isFile: () => false,
    isFolder: (files) => files.some(isMetadata),
    read: readImageFolder,
  },
  coco: {
    layout: 'annotations/instances_train….json or train/_annotations.coco.json',
    isFile: (name) => name.endsWith('.json'),
    isFolder: (files) => files.some((file) => cocoSplitOf(file) !== undefined),
    read: readCoco,
  },
  'pascal-voc': {
    layout: 'ImageSets/Main, Annotations and JPEGImages',
    isFile: () => false,
    isFolder: isPascalVoc,
    read: readPascalVoc,
  },
  parquet: {
    layout: 'train-….parquet',
    isFile: isParquetFile,
    isFolder: (files) => files.some(isParquetFile),
    read: readParquet,
  },
  table: {
    layout: 'train.csv, or one .csv',
    isFile: (name) => /\.csv$/i.test(name),
    isFolder: (files) => tableFiles(files).length > 0,
    read: readTable,
  },
}

/**
 * Reads a labelled data set from a folder or a file, whose format is recognised by the names of the files. Images are not
 * opened.
 *
 * @throws DblossError `argument` for an unknown format; `data` when no format or more than one is recognised, telling what
 * was looked for, and as the reader of the format: {@link readImageFolder}, {@link readCoco}, {@link readPascalVoc},
 * {@link readParquet}, {@link readTable}.
 *
 * @example
 * const { classNames, splits } = await readDataset('./VOCdevkit/VOC2007')
 */
export async function readDataset(source: string, options: ReadDatasetOptions = {}): Promise<Dataset> {
  const { format = await recogniseFormat(source) } = options
  if (!Object.hasOwn(formats, format)) {
    const expected = Object.keys(formats).join(', ')
    throw new DblossError('argument', `format is ${String(format)}; expected one of ${expected}`, {
      argument: 'format',
      found: format,
      expected,
    })
  }
  return formats[format].read(source, options)
}

async function recogniseFormat(source: string): Promise<DatasetFormat> {
  const entry = await stat(source).catch(() => undefined)
  if (entry === undefined) throw dataError(source, 'does not exist', source, 'a folder or a file of a data set')
  const files = entry.isFile() ? [] : await listFolder(resolve(source), source)
  const matches = (Object.entries(formats) as [DatasetFormat, Format][]).filter(([, format]) =>
    entry.isFile() ? format.isFile(source) : format.isFolder(files),
  )
  // A CSV file may lie beside any data, so it is what is read only where there is nothing else.
  const names = matches.map(([name]) => name).filter((name) => name !== 'table' || matches.length === 1)
  const [format] = names
  if (format !== undefined && names.length === 1) return format
  if (format !== undefined) {
    throw dataError(source, `looks like ${names.join(' and ')}`, names, 'one of them, chosen by the option format')
  }
  const lookedFor = Object.entries(formats).map(([name, { layout }]) => `${layout} (${name})`)
  throw dataError(source, 'has no data set that is recognised', source, `one of: ${lookedFor.join('; ')}`)
}

/** Metadata of an imagefolder: in the folder itself or in the folder of a split. */
function isMetadata(file: string): boolean {
  const parts = file.split('/')
  const name = parts.pop() ?? ''
  return (
    metadataNames.includes(name) && (parts.length === 0 || (parts.length === 1 && splitNamed(parts[0]!) !== undefined))
  )
}
