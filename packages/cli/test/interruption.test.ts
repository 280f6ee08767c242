import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { commandToGoOn } from '../src/interruption.ts'
import { dbloss } from './collect.ts'
import { picturesAndBackbone } from './support.ts'

describe('the command that goes on', () => {
  test('repeats what was typed, with what is missing', () => {
    const argv = ['train', './photos', '--model', 'a/b', '--results', "it's here.json"]
    const text = `dbloss train ./photos --model a/b --results 'it'\\''s here.json'`
    expect(commandToGoOn(argv, [])).toBe(text)
    expect(commandToGoOn(argv, ['--resume'])).toBe(`${text} --resume`)
    expect(commandToGoOn([...argv, '--resume'], ['--resume'])).toBe(`${text} --resume`)
  })

  test('a shell reads any words back', () => {
    // No NUL in the arguments of processes; a process is started for each, so few runs.
    const word = fc.string().map((text) => text.replaceAll('\0', ''))
    const property = fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const script = `dbloss() { for word in "$@"; do printf '%s\\0' "$word"; done; }; ${commandToGoOn(words, [])}`
      const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
      expect(read).toEqual(words)
    })
    fc.assert(property, { numRuns: 40 })
  })
})

test('a training that is interrupted goes on from its checkpoints to the same tables', async () => {
  const { root, photos, backbone } = await picturesAndBackbone()
  const argv = (name: string, ...more: string[]) => [
    ...['train', photos, '--model', backbone, '--checkpoints', join(root, name)],
    ...['--epochs', '400', '--batch-size', '8', '--json', ...more],
  ]
  const whole = await dbloss(argv('whole'))
  expect(whole.code).toBe(0)

  const interruption = new AbortController()
  const running = dbloss(argv('stopped'), interruption.signal)
  const timer = setInterval(() => existsSync(join(root, 'stopped')) && interruption.abort(), 5)
  const stopped = await running
  clearInterval(timer)
  expect(stopped).toMatchObject({ code: 130, stdout: '' })
  expect(stopped.stderr).toContain(`What was done is in ${join(root, 'stopped')}.`)
  expect(stopped.stderr).toContain(`To go on:  dbloss ${argv('stopped').join(' ')} --resume`)

  const resumed = await dbloss(argv('stopped', '--resume'))
  expect(resumed.code).toBe(0)
  expect(JSON.parse(resumed.stdout).runs).toEqual(JSON.parse(whole.stdout).runs)
})
