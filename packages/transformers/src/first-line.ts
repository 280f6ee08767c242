/** The first line of what an error says: runtimes add stacks and hints below it. */
export function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!
}
