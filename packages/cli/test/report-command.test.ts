import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dbloss } from './collect.ts'
import { trainedModel } from './support.ts'

test('a report of a model folder, and of its predictions file', async () => {
  const { root, model, photos } = await trainedModel()
  const output = join(root, 'report.html')
  const { code, stdout } = await dbloss(['report', model, '-o', output, '--pictures', photos, '--title', 'A <title>'])
  expect(code).toBe(0)
  expect(stdout).toContain(`The report is in ${output}: 25 pictures, 1 run`)
  const page = readFileSync(output, 'utf8')
  expect(page).toContain('<title>A &lt;title&gt;</title>')
  expect(page).toContain('data:image/jpeg;base64,')
  const again = await dbloss(['report', join(model, 'predictions.jsonl'), '-o', output, '--json'])
  expect(JSON.parse(again.stdout)).toMatchObject({ output, runs: ['distribution-balanced'], pictures: 25 })
  expect(readFileSync(output, 'utf8')).not.toContain('data:image/jpeg')
})

test('what cannot be read or written is 1, before anything is written', async () => {
  const { root, model, photos } = await trainedModel()
  const output = join(root, 'report.html')
  const failures: [argv: string[], message: string][] = [
    [['report', photos, '-o', output], 'predictions.jsonl cannot be opened'],
    [['report', join(root, 'nowhere'), '-o', output], 'cannot be opened'],
    [['report', model, '-o', join(root, 'nowhere/report.html')], 'does not exist or cannot be written'],
    [['report', model, '-o', root], 'is a folder'],
    [['report', model, '-o', output, '--pictures', join(root, 'nowhere')], 'there is no folder'],
  ]
  for (const [argv, message] of failures) {
    expect(await dbloss(argv)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) })
  }
  const lines = readFileSync(join(model, 'predictions.jsonl'), 'utf8').trimEnd().split('\n')
  mkdirSync(join(root, 'cut'))
  writeFileSync(join(root, 'cut/predictions.jsonl'), `${lines.slice(0, -3).join('\n')}\n`)
  expect(await dbloss(['report', join(root, 'cut'), '-o', output])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('but its first line says'),
  })
  expect((await dbloss(['report', model, '-o', output], AbortSignal.abort())).code).toBe(130)
  expect(existsSync(output)).toBe(false)
})
