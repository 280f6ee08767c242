import { describe, expect, test } from 'vitest'
import { oneAtATime } from '../src/one-at-a-time.ts'
import type { Ort, OrtSession } from '../src/ort.ts'

/** A runtime that counts the calls that are in it at once. A run with the feed `bad` fails. */
function observedRuntime() {
  const log: string[] = []
  let running = 0
  let most = 0
  const call = async <T>(name: string, result: T, fails = false): Promise<T> => {
    running++
    most = Math.max(most, running)
    // Two turns of the event loop, so that calls that do not wait would meet.
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
    running--
    log.push(name)
    if (fails) throw new Error('the run failed')
    return result
  }
  const session: OrtSession = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: (feeds) => call('run', {}, 'bad' in feeds),
    release: () => call('release', undefined),
  }
  class Tensor {
    readonly data = undefined
    readonly dims: readonly number[] = []
    readonly type = 'float32'
  }
  const ort: Ort = { InferenceSession: { create: () => call('create', session) }, Tensor }
  return { ort, log, most: () => most }
}

describe('oneAtATime', () => {
  test('creations, runs and releases of all users of a runtime wait for each other', async () => {
    const { ort, log, most } = observedRuntime()
    const [first, second] = await Promise.all([
      oneAtATime(ort).InferenceSession.create(new Uint8Array()),
      oneAtATime(ort).InferenceSession.create(new Uint8Array()),
    ])
    await Promise.all([first.run({}), second.run({}), first.run({}), first.release?.(), second.release?.()])
    expect(most()).toBe(1)
    expect(log).toEqual(['create', 'create', 'run', 'run', 'run', 'release', 'release'])
  })

  test('a failed run is told to its caller alone', async () => {
    const { ort } = observedRuntime()
    const session = await oneAtATime(ort).InferenceSession.create(new Uint8Array())
    const tensor = new ort.Tensor('float32', Float32Array.of(1), [1])
    const [bad, good] = await Promise.allSettled([session.run({ bad: tensor }), session.run({})])
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'the run failed' } })
    expect(good.status).toBe('fulfilled')
  })

  test('wrapping a wrapped runtime changes nothing', async () => {
    const wrapped = oneAtATime(observedRuntime().ort)
    expect(oneAtATime(wrapped)).toBe(wrapped)
  })
})
