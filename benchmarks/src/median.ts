/** The median time of a call in milliseconds, after a warm-up. */
export async function medianMilliseconds(run: () => unknown, repeats: number): Promise<number> {
  for (let index = 0; index < 5; index++) await run()
  const times: number[] = []
  for (let index = 0; index < repeats; index++) {
    const started = performance.now()
    await run()
    times.push(performance.now() - started)
  }
  return median(times)
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
