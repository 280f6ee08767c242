import { CsvError, parse } from 'csv-parse/sync'
import { dataError } from './data-error.ts'
import { parseJson } from './json.ts'

/** A line of a CSV file, by the names of its header. */
export interface CsvRecord {
  readonly record: Readonly<Record<string, string>>
  /** Where it stands, for messages: `photos/labels.csv line 3`. */
  readonly place: string
}

/**
 * Parses CSV with a header. Fields are trimmed, empty lines skipped.
 *
 * @throws DblossError `data` with file and line for wrong quoting and for lines of another length.
 */
export function parseCsv(text: string, path: string): CsvRecord[] {
  try {
    const options = { bom: true, columns: true, info: true, trim: true, skip_empty_lines: true } as const
    const lines: unknown = parse(text, options)
    return (lines as { record: CsvRecord['record']; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      place: `${path} line ${info.lines}`,
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw dataError(path, `is not valid CSV: ${error.message}`, error.code, 'CSV with a header', error)
  }
}

/**
 * The labels in a field: a JSON list, or names separated by `|` or `;`.
 *
 * @throws DblossError `data` with the place for a list that is not JSON.
 */
export function splitLabels(field: string, place: string): unknown {
  if (field.startsWith('[')) return parseJson(field, place)
  return field === '' ? [] : field.split(/[|;]/).map((label) => label.trim())
}
