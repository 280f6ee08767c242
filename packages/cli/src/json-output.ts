import type { Io } from './io.ts'

/** Prints one JSON document to standard output. A measure without a value, NaN, becomes null. */
export function printJson(value: unknown, io: Io): void {
  io.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
}
