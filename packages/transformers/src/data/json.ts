import { dataError } from './data-error.ts'

/** @throws DblossError `data` with the place when the text is not JSON. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw dataError(place, `is not JSON: ${reason}`, text.slice(0, 100), 'JSON', error)
  }
}

/** Whether a parsed value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
