import { SingleBar } from 'cli-progress'
import { fileSize } from './file-size.ts'
import type { Io } from './io.ts'

/** How far a phase of the work has come. */
export interface Progress {
  /** What is being done, as in `features`. */
  readonly phase: string
  readonly done: number
  readonly total: number
  readonly elapsedMs: number
  readonly remainingMs?: number | undefined
}

/** Shows progress until it is ended. */
export interface ProgressDisplay {
  show(progress: Progress): void
  end(): void
}

/** A bar with an estimate on a terminal; elsewhere a line at every quarter of a phase. */
export function createProgressDisplay(io: Io): ProgressDisplay {
  return io.stderr.isTTY === true ? bars(io) : plainLines(io)
}

function bars(io: Io): ProgressDisplay {
  let bar: SingleBar | undefined
  let phase: string | undefined
  const end = () => {
    bar?.stop()
    bar = undefined
  }
  return {
    show(progress) {
      if (bar === undefined || phase !== progress.phase) {
        end()
        phase = progress.phase
        bar = new SingleBar({
          format: '{phase} {bar} {amount}  {left}',
          barsize: 28,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          hideCursor: null,
          // The streams of a terminal have all that the bar uses.
          stream: io.stderr as NodeJS.WriteStream,
        })
        bar.start(progress.total, progress.done, labelsOf(progress))
      }
      bar.setTotal(progress.total)
      bar.update(progress.done, labelsOf(progress))
    },
    end,
  }
}

function labelsOf(progress: Progress): { phase: string; amount: string; left: string } {
  return { phase: progress.phase.padEnd(12), amount: amountOf(progress), left: remaining(progress) }
}

/** `12/40`, or of phases that count bytes `1.5 MB/94 MB`. */
function amountOf({ phase, done, total }: Progress): string {
  const write = phase === 'upload' || phase === 'download' ? fileSize : String
  return `${write(done)}/${write(total)}`
}

function plainLines(io: Io): ProgressDisplay {
  let phase: string | undefined
  let quarters = 0
  return {
    show(progress) {
      if (progress.phase !== phase) {
        phase = progress.phase
        quarters = 0
      }
      const reached = progress.total === 0 ? 4 : Math.floor((4 * progress.done) / progress.total)
      if (reached <= quarters) return
      quarters = reached
      io.stderr.write(`${progress.phase}: ${amountOf(progress)}, ${remaining(progress)}\n`)
    },
    end() {},
  }
}

function remaining({ done, total, elapsedMs, remainingMs }: Progress): string {
  if (done >= total) return `done in ${duration(elapsedMs)}`
  return remainingMs === undefined ? '' : `about ${duration(remainingMs)} left`
}

/** `8 s`, `2 min 5 s`, `1 h 12 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
