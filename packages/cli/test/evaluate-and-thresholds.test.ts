import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { longTailMetrics, statisticsFromCounts, tuneThresholds } from '@dbloss/core'
import { readPredictions } from '@dbloss/transformers'
import { describe, expect, test } from 'vitest'
import { dbloss } from './collect.ts'
import { spoil, trainedModel } from './support.ts'

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

/** The scored pictures of a split, from the predictions file that training wrote: computed by another path. */
async function scoredByTraining(model: string, split: 'validation' | 'test') {
  const { runs, scored, classNames, classCounts, sampleCount } = await readPredictions(join(model, 'predictions.jsonl'))
  const pictures = scored.filter((picture) => picture.split === split)
  const rows = pictures.flatMap(({ logits }) => Array.from(logits[runs[0]!.name]!))
  return {
    labels: pictures.map(({ labels }) => labels),
    scores: { data: Float64Array.from(rows), classCount: classNames.length },
    statistics: statisticsFromCounts({ classCounts, sampleCount }),
  }
}

describe('evaluate', () => {
  test('the measures are those of the predictions that training saved, with the stored thresholds', async () => {
    const { model, photos } = await trainedModel()
    const { code, stdout } = await dbloss(['evaluate', model, photos, '--json'])
    expect(code).toBe(0)
    const evaluated = JSON.parse(stdout)
    expect(Object.keys(evaluated.splits)).toEqual(['validation', 'test'])
    const { thresholds } = json(join(model, 'config.json')).dbloss
    const expected = longTailMetrics({ ...(await scoredByTraining(model, 'test')), thresholds })
    // Logits of the saved graph and of features · W + b differ in the last bits; ranks and decisions do not.
    expect(evaluated.splits.test.map.all).toBeCloseTo(expected.map.all, 9)
    expect(evaluated.splits.test.f1.micro).toBeCloseTo(expected.f1.micro, 9)
    expect(evaluated.decisions).toBe('the stored thresholds')
  })

  test('as tables: a row for each split, a row for each label', async () => {
    const { model, photos } = await trainedModel()
    const { stdout } = await dbloss(['evaluate', model, photos])
    expect(stdout).toContain('Pictures: 10 of validation, 15 of test')
    expect(stdout).toMatch(/│ validation\s*│/)
    expect(stdout).toMatch(/│ test\s*│/)
    expect(stdout).toMatch(/green\s*│ tail\s*│\s*6 │/)
  })

  test('labels in another order, and labels that the model does not know', async () => {
    const { root, model, photos } = await trainedModel()
    const rows = ['0.jpg,zebra|red', '1.jpg,green', '2.jpg,red|blue|zebra', '4.jpg,blue', '5.jpg,red']
    writeFileSync(join(root, 'test.csv'), `path,labels\n${rows.map((row) => `photos/test/${row}`).join('\n')}\n`)
    const { code, stdout, stderr } = await dbloss(['evaluate', model, join(root, 'test.csv'), '--json'])
    expect(code).toBe(0)
    expect(stderr).toContain('does not know are left out: zebra')
    expect(stderr).toContain('no split but train')
    const support = JSON.parse(stdout).splits.train.classes.map(({ name, support: count }: never) => [name, count])
    expect(support).toEqual([
      ['blue', 2],
      ['green', 1],
      ['red', 3],
    ])
    writeFileSync(join(root, 'test.csv'), 'path,labels\nphotos/test/0.jpg,zebra\n')
    expect(await dbloss(['evaluate', model, join(root, 'test.csv')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the model knows none of the labels zebra'),
    })
    expect((await dbloss(['evaluate', photos, photos])).code).toBe(1)
  })

  test('an unreadable picture is an error, or left out', async () => {
    const { model, photos } = await trainedModel()
    const file = spoil(join(photos, 'test/0.jpg'))
    const failed = await dbloss(['evaluate', model, photos])
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining(`${file} cannot be read`) })
    const argv = ['evaluate', model, photos, '--on-bad-image', 'skip', '--json']
    expect(JSON.parse((await dbloss(argv)).stdout)).toMatchObject({
      splits: { test: { images: 14 } },
      skipped: [{ path: file }],
    })
    expect((await dbloss(argv, AbortSignal.abort())).code).toBe(130)
  })
})

describe('thresholds', () => {
  test('a dry run changes nothing; without, they are stored and the rest of the config stays', async () => {
    const { model, photos } = await trainedModel()
    const file = join(model, 'config.json')
    const before = readFileSync(file, 'utf8')
    const argv = ['thresholds', model, photos, '--splits', 'test', '--objective', 'micro-f1']
    const dry = await dbloss([...argv, '--dry-run'])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('Nothing is changed')
    expect(readFileSync(file, 'utf8')).toBe(before)

    const stored = await dbloss([...argv, '--json'])
    expect(JSON.parse(stored.stdout)).toMatchObject({ stored: true, images: 15, objective: 'micro-f1' })
    const { dbloss: record, ...rest } = json(file)
    const { dbloss: earlier, ...restBefore } = JSON.parse(before)
    expect(rest).toEqual(restBefore)
    const { thresholds, thresholdsFrom, ...others } = record
    expect(thresholdsFrom).toEqual({ objective: 'micro-f1', data: photos, splits: ['test'], samples: 15 })
    expect({ ...others, thresholds: earlier.thresholds }).toEqual(earlier)
    const expected = tuneThresholds({ ...(await scoredByTraining(model, 'test')), objective: 'micro-f1' })
    // Single precision: the logits of both paths differ by some 1e-6.
    for (const [index, threshold] of expected.thresholds.entries()) {
      expect(thresholds[index]).toBeCloseTo(threshold, 4)
    }
  })

  test('predict uses them', async () => {
    const { model, photos } = await trainedModel()
    const file = join(model, 'config.json')
    const config = json(file)
    // Above every logit for blue, below every logit for green, and above every logit for red.
    writeFileSync(file, JSON.stringify({ ...config, dbloss: { ...config.dbloss, thresholds: [1e3, -1e3, 1e3] } }))
    const { stdout } = await dbloss(['predict', model, join(photos, 'test'), '--json'])
    for (const line of stdout.trimEnd().split('\n')) {
      expect(JSON.parse(line).labels).toEqual([{ label: 'green', score: expect.any(Number) }])
    }
  })

  test('data without a validation split, and a folder that is no model', async () => {
    const { model, photos } = await trainedModel()
    expect(await dbloss(['thresholds', model, join(photos, 'train')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no validation split; it has train; choose with --splits'),
    })
    expect(await dbloss(['thresholds', photos, photos])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no config.json that can be read'),
    })
    writeFileSync(join(model, 'config.json'), JSON.stringify({ id2label: { 0: 'a' }, dbloss: { thresholds: [1, 2] } }))
    expect(await dbloss(['thresholds', model, photos])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('thresholds that do not fit its labels'),
    })
  })
})
