import { describe, expect, test } from 'vitest'
import { createProgressDisplay, duration } from '../src/progress.ts'

function collect(isTTY: boolean) {
  let text = ''
  const stream = {
    isTTY,
    columns: 100,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
    write: (part: string) => {
      text += part
      return true
    },
  }
  return { io: { stdout: stream, stderr: stream }, read: () => text }
}

describe('progress', () => {
  test('without a terminal a line at every quarter of each phase, with an estimate', () => {
    const { io, read } = collect(false)
    const display = createProgressDisplay(io)
    for (let done = 0; done <= 100; done += 5) {
      const remaining = done === 0 ? {} : { remainingMs: 1000 * (100 - done) }
      display.show({ phase: 'features', done, total: 100, elapsedMs: 1000 * done, ...remaining })
    }
    display.show({ phase: 'training', done: 1, total: 1, elapsedMs: 900 })
    display.end()
    expect(read().split('\n')).toEqual([
      'features: 25/100, about 1 min 15 s left',
      'features: 50/100, about 50 s left',
      'features: 75/100, about 25 s left',
      'features: 100/100, done in 1 min 40 s',
      'training: 1/1, done in 1 s',
      '',
    ])
  })

  test('nothing to do in a phase is said once', () => {
    const { io, read } = collect(false)
    const display = createProgressDisplay(io)
    display.show({ phase: 'features', done: 0, total: 0, elapsedMs: 0 })
    display.show({ phase: 'features', done: 0, total: 0, elapsedMs: 0 })
    expect(read()).toBe('features: 0/0, done in 0 s\n')
  })

  test('on a terminal a bar for each phase, finished when the display ends', () => {
    const { io, read } = collect(true)
    const display = createProgressDisplay(io)
    display.show({ phase: 'features', done: 0, total: 10, elapsedMs: 0 })
    display.show({ phase: 'features', done: 10, total: 10, elapsedMs: 2000 })
    display.show({ phase: 'training', done: 5, total: 10, elapsedMs: 1000, remainingMs: 1000 })
    display.end()
    expect(read()).toMatch(/features .*10\/10 {2}done in 2 s/)
    expect(read()).toMatch(/training .*5\/10 {2}about 1 s left/)
  })

  test.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [4_320_000, '1 h 12 min'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })
})
