import { classLabelNames } from './class-labels.ts'
import { dataError } from './data-error.ts'
import type { Dataset } from './dataset.ts'
import { checkLabelNames } from './label-names.ts'
import { type NamedItem, toDataset } from './named-items.ts'
import { findParquetFiles } from './parquet-files.ts'
import { ParquetImages } from './parquet-images.ts'
import { type ColumnType, openParquet, type ParquetTable } from './parquet-table.ts'
import type { SplitName } from './split-names.ts'

/** Options of {@link readParquet}. */
export interface ParquetOptions {
  /** The column of the images. Default: `image`, else `img`. */
  readonly imageColumn?: string
  /** The column of the labels. Default: `labels`, else `label`. */
  readonly labelsColumn?: string
}

/**
 * Reads Parquet files with embedded images, as the `datasets` library of Hugging Face writes them: a column of structs
 * `{ bytes, path }`, or of bytes, and a column of label ids or names, one or a list a row. Ids are named by the `ClassLabel`
 * in the file's metadata, whose order the class names keep; without one they are their own names.
 *
 * Labels are read at once, images when they are needed, a row group at a time. Rows are counted from 0.
 *
 * @param source one file, which is all training, or a folder with `train-00000-of-00002.parquet`, `validation-…`, `test-…`
 * or `train/0000.parquet`, in any depth.
 * @throws DblossError `data`, naming file and row, for files that are damaged, missing from a series or without the columns,
 * columns of other types, and ids that have no name.
 */
export async function readParquet(source: string, options: ParquetOptions = {}): Promise<Dataset> {
  const images = new ParquetImages()
  const splits: Partial<Record<SplitName, readonly NamedItem[]>> = {}
  let classes: FileRows | undefined
  for (const [split, files] of Object.entries(await findParquetFiles(source)) as [SplitName, string[]][]) {
    const items: NamedItem[] = []
    for (const file of files) {
      const rows = await readRows(await openParquet(file), options, images)
      classes ??= rows
      failOnOtherClasses(rows, classes)
      items.push(...rows.items)
    }
    if (items.length === 0) throw dataError(files.join(', '), 'has no rows', 0, 'a row for each image')
    splits[split] = items
  }
  const classNames = classes?.classNames ?? (classes?.areIds ? idsIn(splits.train ?? []) : undefined)
  return toDataset(splits, { given: source, classNames })
}

interface FileRows {
  readonly file: string
  readonly items: readonly NamedItem[]
  /** Those of a `ClassLabel`. */
  readonly classNames: readonly string[] | undefined
  readonly areIds: boolean
}

async function readRows(table: ParquetTable, options: ParquetOptions, images: ParquetImages): Promise<FileRows> {
  const { file, columns, rowCount, huggingface } = table
  const image = chooseColumn(table, options.imageColumn, ['image', 'img'], ['image struct', 'bytes'])
  const labels = chooseColumn(table, options.labelsColumn, ['labels', 'label'], ['integers', 'strings'])
  const areIds = columns.get(labels) === 'integers'
  const classNames = areIds ? classLabelNames(huggingface, labels, file) : undefined
  const values = rowCount === 0 ? [] : await table.readColumn(labels, 0, rowCount)
  const items = values.map((value, row) => {
    const place = `${file} row ${row}`
    const list = Array.isArray(value) || value === null || value === undefined ? value : [value]
    const names = areIds && Array.isArray(list) ? list.map((id: unknown) => nameOf(id, classNames, place)) : list
    return { path: place, place, labels: checkLabelNames(names, place), read: () => images.read(table, image, row) }
  })
  return { file, items, classNames, areIds }
}

function nameOf(id: unknown, classNames: readonly string[] | undefined, place: string): string {
  const isInteger = typeof id === 'number' || typeof id === 'bigint'
  const name = isInteger && classNames !== undefined ? classNames[Number(id)] : id
  if (isInteger && name !== undefined) return String(name)
  const expected = classNames === undefined ? 'an id' : `an id from 0 to ${classNames.length - 1}`
  throw dataError(place, `has the label ${String(id)}`, id, expected)
}

function chooseColumn(
  { file, columns }: ParquetTable,
  chosen: string | undefined,
  usual: readonly string[],
  types: readonly ColumnType[],
): string {
  const wanted = chosen === undefined ? usual : [chosen]
  const column = wanted.find((name) => columns.has(name))
  if (column === undefined) {
    const found = [...columns.keys()]
    throw dataError(file, `has the columns ${found.join(', ')}`, found, `a column ${wanted.join(' or ')}`)
  }
  const type = columns.get(column)!
  if (types.includes(type)) return column
  const found = typeof type === 'string' ? type : type.other
  throw dataError(`${file} column ${column}`, `has the type ${found}`, found, types.join(' or '))
}

function failOnOtherClasses(rows: FileRows, first: FileRows): void {
  if (rows.areIds === first.areIds && rows.classNames?.join('\n') === first.classNames?.join('\n')) return
  throw dataError(rows.file, `has other classes than ${first.file}`, rows.classNames, 'the same classes in every file')
}

/** Ids as names, in the order of numbers. */
function idsIn(items: readonly NamedItem[]): string[] {
  return [...new Set(items.flatMap(({ labels }) => labels))].sort((a, b) => Number(a) - Number(b))
}
