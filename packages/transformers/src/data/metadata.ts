import { readFile } from 'node:fs/promises'
import { DblossError } from '@dbloss/core'
import { CsvError, parse as parseCsv } from 'csv-parse/sync'

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
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      throw invalid(place, 'is not a JSON object', line, '{"file_name": …, "labels": […]}')
    }
    const { file_name: fileName, labels } = record as { file_name?: unknown; labels?: unknown }
    return [entry(fileName, labels, place)]
  })
}

function readCsv(text: string, path: string): MetadataEntry[] {
  return parseRecords(text, path).map(({ record, info }) => {
    const place = `${path} line ${info.lines}`
    return entry(record.file_name, record.labels === undefined ? undefined : splitLabels(record.labels, place), place)
  })
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number }
}

function parseRecords(text: string, path: string): CsvRecord[] {
  try {
    const records: unknown = parseCsv(text, { columns: true, info: true, trim: true, skip_empty_lines: true })
    return records as CsvRecord[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new DblossError('data', `${path} is not valid CSV: ${error.message}`, { argument: path, cause: error })
  }
}

function splitLabels(text: string, place: string): unknown {
  if (text.startsWith('[')) return parseJson(text, place)
  return text === '' ? [] : text.split(/[|;]/).map((label) => label.trim())
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DblossError('data', `${place} is not JSON: ${reason}`, { argument: place, found: text, cause: error })
  }
}

function entry(fileName: unknown, labels: unknown, place: string): MetadataEntry {
  if (typeof fileName !== 'string' || fileName === '') {
    throw invalid(place, 'has no file_name', fileName, 'file_name: the path of an image')
  }
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string' && label !== '')) {
    const found = labels === undefined ? 'has no labels' : `has labels ${JSON.stringify(labels)}`
    throw invalid(place, found, labels, 'labels: a list of non-empty strings')
  }
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index)
  if (repeated !== undefined) throw invalid(place, `has the label '${repeated}' twice`, repeated, 'distinct labels')
  return { fileName: fileName.replaceAll('\\', '/'), labels, place }
}

function invalid(place: string, problem: string, found: unknown, expected: string): DblossError {
  return new DblossError('data', `${place} ${problem}; expected ${expected}`, { argument: place, found, expected })
}
