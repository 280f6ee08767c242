import { run } from './run.ts'

const interruption = new AbortController()
// The first Ctrl-C ends the work in order; a second one ends the process at once.
process.once('SIGINT', () => interruption.abort())
process.once('SIGTERM', () => interruption.abort())
// A reader that has seen enough, as head, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, signal: interruption.signal }).then(
  (exitCode) => {
    process.exitCode = exitCode
  },
)
