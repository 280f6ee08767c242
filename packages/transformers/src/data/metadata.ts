import { readFile } from 'node:fs/promises'
import { parseCsv, splitLabels } from './csv.ts'
import { dataError } from './data-error.ts'
import { isRecord, parseJson } from './json.ts'
import { checkLabelNames } from './label-names.ts'

/** One line of a metadata file. */
export interface MetadataEntry {
  /** The image, relative to the folder of the metadata file, with forward slashes. */
  readonly fileName: string
  /** Distinct names of the labels that the image carries; none is allowed. */
  readonly labels: readonly string[]
  /** Where the entry stands, for messages: `photos/metadata.jsonl line 3`. */
  readonly place: string
}

/**
 * Reads `metadata.jsonl` or `metadata.csv`: a `file_name` and `labels`, which are a list of strings; in csv a JSON list, or
 * names separated by `|` or `;`.
 *
 * @throws DblossError `data` with file and line for anything that cannot be read.
 */
export async function readMetadata(path: string): Promise<MetadataEntry[]> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  return path.endsWith('.csv') ? readCsv(text, path) : readJsonLines(text, path)
}

function readJsonLines(text: string, path: string): MetadataEntry[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const place = `${path} line ${index + 1}`
    const record = parseJson(line, place)
    if (!isRecord(record)) throw dataError(place, 'is not a JSON object', line, '{"file_name": …, "labels": […]}')
    return [entry(record.file_name, record.labels, place)]
  })
}

function readCsv(text: string, path: string): MetadataEntry[] {
  return parseCsv(text, path).map(({ record, place }) =>
    entry(record.file_name, record.labels === undefined ? undefined : splitLabels(record.labels, place), place),
  )
}

function entry(fileName: unknown, labels: unknown, place: string): MetadataEntry {
  if (typeof fileName !== 'string' || fileName === '') {
    throw dataError(place, 'has no file_name', fileName, 'file_name: the path of an image')
  }
  return { fileName: fileName.replaceAll('\\', '/'), labels: checkLabelNames(labels, place), place }
}
