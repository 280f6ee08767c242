import pc from 'picocolors'

/** Where text goes; `process.stdout` and `process.stderr` are such streams. */
export interface OutputStream {
  write(text: string): unknown
  /** Whether a person is looking at a terminal: bars and colours then, plain lines otherwise. */
  readonly isTTY?: boolean | undefined
  /** The width of the terminal in characters. */
  readonly columns?: number | undefined
}

/** What the command needs of its surroundings, so that tests can provide it. */
export interface Io {
  /** Results. */
  readonly stdout: OutputStream
  /** Progress and errors. */
  readonly stderr: OutputStream
  /** Ends the work early and leaves nothing half-written; the `dbloss` command aborts it on Ctrl-C. */
  readonly signal?: AbortSignal
  /** Whether colours are used. Default: what the terminal and NO_COLOR say. */
  readonly colours?: boolean
}

/** The functions of picocolors, which do nothing where colours are off. */
export type Colours = ReturnType<typeof pc.createColors>

/** Colours for a stream: none where it is not a terminal. */
export function coloursFor(io: Io, stream: OutputStream): Colours {
  return pc.createColors(io.colours ?? (pc.isColorSupported && stream.isTTY === true))
}
