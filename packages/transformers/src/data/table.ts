import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { inOrder } from '../features/in-order.ts'
import { type CsvRecord, parseCsv, splitLabels } from './csv.ts'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { failOnMissing, listFolder, nameInside } from './image-files.ts'
import { checkLabelNames } from './label-names.ts'
import { type NamedItem, toDataset } from './named-items.ts'
import { isWebAddress } from './read-image-bytes.ts'
import { type SplitName, splitNamed } from './split-names.ts'

/** Options of {@link readTable}. */
export interface TableOptions {
  /** The folder that paths are relative to. Default: the folder of the CSV file. */
  readonly images?: string
}

const imageColumns = ['path', 'file', 'file_name', 'url', 'image']
const labelColumns = ['labels', 'label']
/** Image files that are looked for at a time. */
const concurrency = 16

/**
 * Reads CSV files with a header: one column `path`, `file`, `file_name`, `url` or `image` with a path or a URL, a column
 * `labels` with a JSON list or names separated by `|` or `;`, and perhaps `split`. URLs are fetched when they are needed.
 *
 * @param source one file, which is all training where it has no `split`; or a folder with `train.csv`, `validation.csv` (or
 * `val.csv`, `valid.csv`), `test.csv`, or with one CSV file.
 * @throws DblossError `data`, naming file and line, for wrong CSV, columns and splits that are not known, missing images,
 * paths that leave the folder, and labels that occur in another split but not in training.
 */
export async function readTable(source: string, options: TableOptions = {}): Promise<Dataset> {
  const splits: Partial<Record<SplitName, NamedItem[]>> = {}
  for (const { file, split: ofFile } of await findTables(source)) {
    for (const { split, item } of await readRows(file, ofFile, options)) {
      splits[split] ??= []
      splits[split].push(item)
    }
  }
  return toDataset(splits, { given: source })
}

/** The CSV files of a folder's listing that are read as tables, by their split; none where it is not certain which. */
export function tableFiles(files: readonly string[]): { readonly file: string; readonly split?: SplitName }[] {
  const tables = files.filter((file) => /^[^/]+\.csv$/i.test(file) && file !== 'metadata.csv')
  const named = tables.flatMap((file) => {
    const split = splitNamed(basename(file).slice(0, -'.csv'.length))
    return split === undefined ? [] : [{ file, split }]
  })
  if (named.length > 0) return named
  return tables.length === 1 ? [{ file: tables[0]! }] : []
}

async function findTables(source: string): Promise<ReturnType<typeof tableFiles>> {
  const entry = await stat(source).catch(() => undefined)
  if (entry?.isFile()) return [{ file: source }]
  const tables = tableFiles(await listFolder(resolve(source), source))
  const splits = tables.map(({ split }) => split)
  if (tables.length === 0 || new Set(splits).size < splits.length) {
    throw dataError(
      source,
      `has ${tables.length} tables`,
      tables,
      'one CSV file, or train.csv, validation.csv and test.csv',
    )
  }
  return tables.map((table) => ({ ...table, file: join(source, table.file) }))
}

async function readRows(file: string, ofFile: SplitName | undefined, { images }: TableOptions) {
  const records = parseCsv(await readText(file), file)
  const [first] = records
  if (first === undefined) throw dataError(file, 'names no image', 0, 'a header and a line for each image')
  const columns = Object.keys(first.record)
  const image = chooseColumn(columns, imageColumns, file)
  const label = chooseColumn(columns, labelColumns, file)
  const root = resolve(images ?? dirname(file))
  const rows = records.map(({ record, place }) => ({
    split: ofFile ?? splitOf(record, place),
    item: {
      path: locate(record[image]!, root, place),
      labels: checkLabelNames(splitLabels(record[label]!, place), place),
      place,
    },
  }))
  await failOnAbsent(
    rows.map(({ item }) => item.path),
    file,
  )
  return rows
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw dataError(file, 'cannot be read', file, 'a CSV file', error)
  }
}

function chooseColumn(columns: readonly string[], known: readonly string[], file: string): string {
  const chosen = columns.filter((column) => known.includes(column))
  if (chosen.length === 1) return chosen[0]!
  throw dataError(file, `has the columns ${columns.join(', ')}`, columns, `one column ${known.join(' or ')}`)
}

function splitOf({ split: name }: CsvRecord['record'], place: string): SplitName {
  if (name === undefined) return 'train'
  const split = splitNamed(name)
  if (split === undefined) throw dataError(place, `has the split '${name}'`, name, 'train, validation or test')
  return split
}

function locate(image: string, root: string, place: string): string {
  if (image === '') throw dataError(place, 'names no image', image, 'a path or a URL')
  return isWebAddress(image) ? image : join(root, nameInside(root, image, place))
}

async function failOnAbsent(paths: readonly string[], file: string): Promise<void> {
  const absent: string[] = []
  const files = paths.filter((path) => !isWebAddress(path))
  const look = async (path: string) => ({ path, entry: await stat(path).catch(() => undefined) })
  for await (const { path, entry } of inOrder(files, concurrency, look)) {
    if (!entry?.isFile()) absent.push(path)
  }
  failOnMissing(absent, file)
}
