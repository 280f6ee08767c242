/** Ctrl-C, with what is kept of the work and how to go on. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  /** Flags that the command needs beside those that were typed, to go on where it was. */
  readonly goOnWith: readonly string[]

  /** @param kept a sentence that says what the work has left behind. */
  constructor(kept: string, goOnWith: readonly string[] = []) {
    super(kept)
    this.goOnWith = goOnWith
  }
}

/** The command line that goes on, as one types it into a shell. */
export function commandToGoOn(argv: readonly string[], goOnWith: readonly string[]): string {
  const missing = goOnWith.filter((flag) => !argv.includes(flag))
  return ['dbloss', ...argv, ...missing].map(quoted).join(' ')
}

/** Quoted for a POSIX shell where it has to be. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
