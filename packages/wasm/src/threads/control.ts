/** The words of the memory by which the main thread tells workers what to do, and they tell when it is done. */
export const word = {
  /** Counts commands; workers sleep on it. */
  command: 0,
  /** How many kernels there are: a worker that has fewer looks for messages first. */
  kernels: 1,
  /** Which of the kernels, by the order of their registration. */
  kernel: 2,
  /** Which function of the kernel. */
  phase: 3,
  /** How many rows the batch has. */
  rows: 4,
  /** How many workers have done the command. */
  done: 5,
  /** How many workers have failed. */
  failed: 6,
} as const

export const WORDS = 7

/** The first row of a thread's share; that of the next is its end. Shares differ by one row at most. */
export function firstRowOf(thread: number, threadCount: number, rows: number): number {
  return Math.floor((thread * rows) / threadCount)
}
