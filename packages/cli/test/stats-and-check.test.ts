import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { dbloss } from './collect.ts'
import { picturesAndBackbone, spoil } from './support.ts'

describe('stats', () => {
  test('a table of the labels with split and IRLbl, meanIR, label sets and pairs', async () => {
    const { photos } = await picturesAndBackbone()
    const { code, stdout } = await dbloss(['stats', photos])
    expect(code).toBe(0)
    // 30 pictures in five label sets of six: red and blue twelve times each, green six times.
    expect(stdout).toMatch(/green\s*│ tail\s*│\s*6 │\s*20\.0 % │\s*2\.0 │/)
    expect(stdout).toMatch(/red\s*│ tail\s*│\s*12 │\s*40\.0 % │\s*1\.0 │/)
    expect(stdout).toContain('30 samples, 3 classes, 5 distinct label sets')
    expect(stdout).toContain('meanIR 1.333')
    expect(stdout).toMatch(/(red and blue|blue and red): 6 samples/)
  })

  test('as JSON, one document, of the splits that are named', async () => {
    const { photos } = await picturesAndBackbone()
    const { stdout } = await dbloss(['stats', photos, '--splits', 'validation,test', '--json', '--pairs', '1'])
    const described = JSON.parse(stdout)
    expect(described.pictures).toEqual({ validation: 10, test: 15 })
    expect(described.classes).toEqual([
      { name: 'blue', count: 10, split: 'tail', imbalanceRatio: 1 },
      { name: 'green', count: 5, split: 'tail', imbalanceRatio: 2 },
      { name: 'red', count: 10, split: 'tail', imbalanceRatio: 1 },
    ])
    expect(described.pairs).toHaveLength(1)
  })

  test('another format, forced', async () => {
    const { root } = await picturesAndBackbone()
    writeFileSync(join(root, 'labels.csv'), 'path,labels\nphotos/train/0.jpg,a|b\nphotos/train/1.jpg,a\n')
    const { stdout } = await dbloss(['stats', join(root, 'labels.csv'), '--format', 'table', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ sampleCount: 2, classCounts: [2, 1] })
  })
})

describe('check', () => {
  test('clean data is said to be so, and passes --strict', async () => {
    const { photos } = await picturesAndBackbone()
    // What the other splits hold would look the same.
    const { code, stdout } = await dbloss(['check', join(photos, 'train'), '--strict'])
    expect(code).toBe(0)
    expect(stdout).toContain('Pictures: 30 of train')
    expect(stdout).toContain('Nothing is wrong.')
    expect(stdout).toContain('6 pictures without labels')
  })

  test('what is wrong is counted and named; only --strict makes it a failure', async () => {
    const { photos } = await picturesAndBackbone()
    const train = join(photos, 'train')
    const spoilt = spoil(join(train, '3.jpg'))
    copyFileSync(join(train, '0.jpg'), join(train, '1.jpg'))
    const { code, stdout } = await dbloss(['check', train])
    expect(code).toBe(0)
    expect(stdout).toContain('1 picture cannot be read')
    expect(stdout).toContain(spoilt)
    expect(stdout).toContain('1 picture more than once')
    expect(stdout).toMatch(/0\.jpg \(train\) = .*1\.jpg \(train\), with different labels/)
    const strict = await dbloss(['check', train, '--strict', '--json'])
    expect(strict.code).toBe(1)
    expect(JSON.parse(strict.stdout)).toMatchObject({ problems: 2, unreadable: [{ path: spoilt, split: 'train' }] })
    expect(strict.stderr).toMatch(/error: .*2 kinds of problems/)
  })

  test('an interruption ends with 130', async () => {
    const { photos } = await picturesAndBackbone()
    const { code, stdout } = await dbloss(['check', photos], AbortSignal.abort())
    expect(code).toBe(130)
    expect(stdout).toBe('')
  })
})

describe('data that is not there', () => {
  test.each(['stats', 'check'])('%s: a missing folder, and one that is no data, are 1', async (command) => {
    const { root } = await picturesAndBackbone()
    expect(await dbloss([command, join(root, 'nowhere')])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/error: .*nowhere does not exist/),
    })
    mkdirSync(join(root, 'empty'))
    expect(await dbloss([command, join(root, 'empty')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no data set that is recognised'),
    })
    expect(await dbloss([command, join(root, 'photos'), '--format', 'coco'])).toMatchObject({ code: 1 })
  })

  test('a split that the data lacks is 1, one that there cannot be is 2', async () => {
    const { photos } = await picturesAndBackbone()
    const lacking = await dbloss(['stats', join(photos, 'train'), '--splits', 'test'])
    expect(lacking).toMatchObject({ code: 1, stderr: expect.stringContaining('no test split; it has train') })
    const wrong = await dbloss(['stats', photos, '--splits', 'tets'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("'tets' is no split") })
    const format = await dbloss(['stats', photos, '--format', 'yolo'])
    expect(format).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices are imagefolder') })
    const flag = await dbloss(['stats', photos, '--paris', '3'])
    expect(flag).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean --pairs?') })
  })
})
