export type { Io, OutputStream } from './io.ts'
export { type ExitCode, run } from './run.ts'
