import { median } from '../median.ts'

/** Seconds of a call, measured for about as long as is asked for. */
export type Contender = (seconds: number) => number | Promise<number>

const rounds = 7
const secondsOfTurn = 0.05
/** Shorter stretches are not told apart from the clock. */
const shortestStretch = 100e-6

/** A contender in this process: the least time of a call in a turn, which is what other programs disturb least. */
export function called(run: () => unknown): Contender {
  const started = performance.now()
  for (let call = 0; call < 100 && performance.now() - started < 500; call++) run()
  const secondsOf = (calls: number): number => {
    const before = performance.now()
    for (let call = 0; call < calls; call++) run()
    return (performance.now() - before) / 1000
  }
  return (seconds) => {
    const calls = Math.max(1, Math.ceil(shortestStretch / secondsOf(3)) * 3)
    let least = Number.POSITIVE_INFINITY
    for (let spent = 0, turn = 0; spent < seconds || turn < 3; turn++) {
      const stretch = secondsOf(calls)
      spent += stretch
      least = Math.min(least, stretch / calls)
    }
    return least
  }
}

/** Seconds of a call, by name and round; nothing of those that did not take part. */
export type Times<Name extends string> = ReadonlyMap<Name, readonly number[]>

/** One turn of each a round, so that all meet the same moments of the machine. */
export async function inTurns<Name extends string>(contenders: ReadonlyMap<Name, Contender>): Promise<Times<Name>> {
  const times = new Map<Name, number[]>([...contenders.keys()].map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of contenders) times.get(name)!.push(await contender(secondsOfTurn))
  }
  return times
}

/** How many times as long one takes as another, the median over the rounds; nothing where one did not take part. */
export function ratio<Name extends string>(times: Times<Name>, slower: Name, faster: Name): number | undefined {
  const [numerators, denominators] = [times.get(slower), times.get(faster)]
  if (numerators === undefined || denominators === undefined) return undefined
  return median(numerators.map((seconds, round) => seconds / denominators[round]!))
}
