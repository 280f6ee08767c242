import { run } from '../src/run.ts'

/** What a command printed and how it ended. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process, without colours, and collects its output. */
export async function dbloss(argv: readonly string[], signal?: AbortSignal): Promise<CommandResult> {
  let [stdout, stderr] = ['', '']
  const code = await run(argv, {
    colours: false,
    stdout: {
      write: (text: string) => {
        stdout += text
      },
    },
    stderr: {
      write: (text: string) => {
        stderr += text
      },
    },
    ...(signal === undefined ? {} : { signal }),
  })
  return { code, stdout, stderr }
}
