import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { distributionBalancedLoss, longTailedSubset, presets, statisticsFromCounts } from '@dbloss/core'
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { poolerModel, writeModel } from '../../transformers/test/support/models.ts'
import { publishedTable } from '../src/published-table.ts'
import { recipes } from '../src/recipes/recipes.ts'
import { dbloss } from './collect.ts'
import { labelled, writeCoco, writeVocDevkit } from './recipe-images.ts'

const labelSets = [['red'], ['green'], ['red', 'blue'], [], ['blue']] as const
const pool = labelled(1, 40, labelSets)
const testSet = labelled(101, 10, labelSets)

/** The rows of a table that a recipe wrote, by path. */
function rowsOf(file: string): Record<string, string[]> {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(header).toBe('path,labels')
  return Object.fromEntries(
    lines.map((line) => {
      const [, path, , labels] = /^([^,"]*),("?)(.*)\2$/.exec(line) ?? []
      return [path, JSON.parse(labels!.replaceAll('""', '"'))]
    }),
  )
}

describe('a recipe, and the training of it', () => {
  test('VOC-MLT, drawn by the procedure of the paper', async () => {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, pool, testSet)
    const output = join(root, 'voc-mlt')
    const { code, stdout } = await dbloss(['recipe', 'voc-mlt', '--images', images, '--output', output, '--seed', '3'])
    expect(code).toBe(0)
    expect(readdirSync(output).sort()).toEqual(['dbloss.config.json', 'recipe.json', 'test.csv', 'train.csv'])
    expect(stdout).toContain('drawn with seed 3 from the 40 of VOC 2012 trainval')
    expect(stdout).toContain('The released list: 1142 pictures; 6 head, 6 medium, 8 tail')
    expect(stdout).toMatch(/red\s*│ tail\s*│\s*\d+/)

    // The pool as the paper's code sees it: by id, difficult objects included. Classes are sorted: blue, green, red.
    const ids = Object.keys(pool)
    const indices = { blue: 0, green: 1, red: 2 }
    const labels = ids.map((id) => pool[id]!.map((name) => indices[name]).sort())
    const drawn = longTailedSubset({ labels, max: 800, min: 1, exponent: 6, seed: 3, classCount: 3 })
    const expected = drawn.map((index) => [`VOC2012/JPEGImages/${ids[index]}.jpg`, [...pool[ids[index]!]!].sort()])
    expect(Object.entries(rowsOf(join(output, 'train.csv')))).toEqual(expected)
    expect(Object.values(rowsOf(join(output, 'test.csv')))).toEqual(
      Object.values(testSet).map((names) => [...names].sort()),
    )
  })

  test('the training has the losses and samplers of the paper, all training pictures, and its numbers beside', async () => {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, pool, testSet)
    const output = join(root, 'voc-mlt')
    const list = join(root, 'img_id.txt')
    writeFileSync(list, Object.keys(pool).slice(0, 30).reverse().join('\r\n'))
    expect(await dbloss(['recipe', 'voc-mlt', '--images', images, '--list', list, '--output', output])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`30 training pictures, of ${list}, out of the 40 of VOC 2012 trainval`),
    })
    const backbone = writeModel(join(root, 'backbone'), poolerModel())
    const results = join(root, 'results.json')
    const trained = await dbloss([
      ...['train', output, '--config', join(output, 'dbloss.config.json'), '--model', backbone],
      ...['--results', results, '--epochs', '20', '--learning-rate', '0.05', '--batch-size', '16'],
    ])
    expect(trained).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') })
    const read = JSON.parse(readFileSync(results, 'utf8'))
    expect(read).toMatchObject({ sampleCount: 30, validationCount: 0, evaluatedOn: 'test', evaluationCount: 10 })
    expect(read.classes.map(({ count }: { count: number }) => count)).toEqual([12, 6, 12])
    const runs = read.runs.map(({ loss, sampler }: { loss: string; sampler: string }) => `${loss}/${sampler}`)
    expect(runs).toEqual([
      'db-focal/class-aware',
      'db/class-aware',
      'cb-focal/uniform',
      'bce/class-aware',
      'bce/uniform',
    ])
    expect(read.runs[0].lossParameters).toMatchObject(presets.vocMlt)
    expect(read.runs[1].lossParameters).toMatchObject({ mu: 0.3, lambda: 5, gamma: 0 })
    expect(read.published[0]).toMatchObject({ method: 'DB-Focal', map: { all: 0.7894, tail: 0.793 } })

    const table = trained.stdout.slice(trained.stdout.indexOf('Beside the published numbers of VOC-MLT'))
    const here = (run: number, split: 'all' | 'tail') => (100 * read.runs[run].map[split]).toFixed(1)
    const cells = (method: string) =>
      new RegExp(`^│ ${method} .*$`, 'm')
        .exec(table)?.[0]
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, -1)
    const dbFocal = [here(0, 'all'), '78.94', '–', '73.22', '–', '84.18', here(0, 'tail'), '79.30']
    expect(cells('DB-Focal')).toEqual(['DB-Focal', 'db-focal', 'class-aware', ...dbFocal])
    const erm = [here(4, 'all'), '70.86', '–', '–', '–', '–', here(4, 'tail'), '–']
    expect(cells('ERM')).toEqual(['ERM', 'bce', 'uniform', ...erm])
  })

  test('COCO-MLT, as JSON; other commands take the settings too', async () => {
    const root = temporaryFolder()
    const images = await writeCoco(root, pool, testSet)
    const output = join(root, 'coco-mlt')
    const prepared = await dbloss(['recipe', 'coco-mlt', '--images', images, '--output', output, '--json'])
    expect(prepared.code).toBe(0)
    const record = JSON.parse(prepared.stdout)
    expect(record).toMatchObject({
      recipe: 'coco-mlt',
      output,
      training: { drawnFrom: 40, max: 1200, min: 1, exponent: 6, seed: 1 },
      pictures: { test: 10 },
      released: { pictures: 1909, head: 22, medium: 33, tail: 25 },
    })
    const { output: _, ...written } = record
    expect(JSON.parse(readFileSync(join(output, 'recipe.json'), 'utf8'))).toEqual(written)
    const config = JSON.parse(readFileSync(join(output, 'dbloss.config.json'), 'utf8'))
    expect(config).toMatchObject({ format: 'table', images, train: { validation: 0, published: 'coco-mlt' } })
    expect(config.train.loss).toBe('db-focal(mu=0.2, lambda=2)')

    const stats = await dbloss(['stats', output, '--config', join(output, 'dbloss.config.json'), '--json'])
    const counts = (classes: { name: string; count: number }[]) =>
      classes.map(({ name, count }) => [name, count]).sort()
    expect(counts(JSON.parse(stats.stdout).classes)).toEqual(counts(record.classes))
    // By the ids of the categories, crowds included.
    const order = ['blue', 'red', 'green']
    const expected = Object.entries(testSet).map(([id, names]) => [
      `val2017/${id}.jpg`,
      order.filter((name) => names.some((given) => given === name)),
    ])
    expect(Object.entries(rowsOf(join(output, 'test.csv')))).toEqual(expected)
  })
})

test.each([
  ['voc-mlt', presets.vocMlt],
  ['coco-mlt', presets.cocoMlt],
] as const)('%s leaves to the defaults of the loss only what the paper has too', (name, preset) => {
  const statistics = statisticsFromCounts({ classCounts: [3, 1], sampleCount: 5 })
  const { mu, lambda } = recipes[name].preset
  expect(distributionBalancedLoss(statistics, { mu, lambda }).parameters).toMatchObject(preset)
})

test('the default loss is DB-Focal too; what was not trained or has no value is a dash', () => {
  const map = { all: 0.5, head: Number.NaN, medium: 0.25, tail: 0.126 }
  const run = { loss: 'distribution-balanced', sampler: 'class-aware', metrics: { map } }
  const table = publishedTable('coco-mlt', [{ ...run, sampler: 'uniform' }, run], pc.createColors(false))
  const cells = ['50.0', '53.55', '–', '51.13', '25.0', '57.05', '12.6', '51.06']
  expect(table).toMatch(new RegExp(`DB-Focal .*${cells.join('\\s*│\\s*')}`))
  expect(table).toMatch(/ERM .*uniform\s*│\s*–\s*│\s*41\.27\s*│/)
})

describe('what is missing is said with what to download and where it goes', () => {
  test.each([
    ['VOC2012/ImageSets/Main/trainval.txt', 'VOCtrainval_11-May-2012.tar'],
    ['VOC2012/JPEGImages', 'VOCtrainval_11-May-2012.tar'],
    ['VOC2007/ImageSets/Main/test.txt', 'VOCtest_06-Nov-2007.tar'],
    ['VOC2007/Annotations', 'VOCtest_06-Nov-2007.tar'],
  ])('%s', async (path, download) => {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, labelled(1, 5, labelSets), labelled(11, 5, labelSets))
    rmSync(join(images, path), { recursive: true })
    const { code, stdout, stderr } = await dbloss([
      'recipe',
      'voc-mlt',
      '--images',
      images,
      '--output',
      join(root, 'out'),
    ])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`error: ${images} has no ${path}; expected ${path} in it: download ${download} of http`)
    expect(stderr).toContain(`so that ${join(images, path)} is there`)
    expect(stderr).not.toContain('dbloss train --help')
    expect(readdirSync(root)).toEqual(['VOCdevkit'])
  })

  test('a folder that is not there, and one of COCO without its pictures', async () => {
    const root = temporaryFolder()
    const recipe = (name: string, images: string) =>
      dbloss(['recipe', name, '--images', images, '--output', join(root, 'out')])
    const gone = join(root, 'gone')
    expect((await recipe('voc-mlt', gone)).stderr).toContain(`error: there is no folder ${gone}; expected VOC2012/`)
    const images = await writeCoco(root, labelled(1, 5, labelSets), labelled(11, 5, labelSets))
    rmSync(join(images, 'train2017'), { recursive: true })
    expect((await recipe('coco-mlt', images)).stderr).toContain('train2017 or images/train2017; expected')
    expect((await recipe('coco-mlt', images)).stderr).toContain('download train2017.zip of https://cocodataset.org')
  })

  test('a single picture', async () => {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, labelled(1, 5, labelSets), labelled(11, 5, labelSets))
    rmSync(join(images, 'VOC2012/JPEGImages/000003.jpg'))
    const { code, stderr } = await dbloss(['recipe', 'voc-mlt', '--images', images, '--output', join(root, 'out')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: .*trainval\.txt line 3 names 000003; expected an image JPEGImages\/000003\.jpg/)
    expect(existsSync(join(root, 'out'))).toBe(false)
  })
})

describe('lists and folders that do not fit', () => {
  async function setUp() {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, labelled(1, 5, labelSets), labelled(11, 5, labelSets))
    const recipe = (...more: string[]) =>
      dbloss(['recipe', 'voc-mlt', '--images', images, '--output', join(root, 'out'), ...more])
    return { root, images, recipe }
  }

  test.each([
    ['000001\n999999\n', /line 2 names 999999, which is not in VOC 2012 trainval; expected ids of images, one a line/],
    ['000001\n\n000001\n', /line 3 names 000001, as line 1 does/],
    ['\n', /img_id\.txt names no image/],
    [`\u0080\u0004${'x'.repeat(500)}`, /line 1 names "[^"]*"…, which is not in/],
    ['000002\n000001\n', /no training picture shows blue; expected at least one of each label/],
  ])('the list %j', async (text, message) => {
    const { root, recipe } = await setUp()
    const list = join(root, 'img_id.txt')
    writeFileSync(list, text)
    const { code, stderr } = await recipe('--list', list)
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
    expect(existsSync(join(root, 'out'))).toBe(false)
  })

  test('test pictures with a label that the pool lacks', async () => {
    const root = temporaryFolder()
    const images = await writeVocDevkit(root, labelled(1, 5, [['red'], ['blue']]), labelled(11, 2, labelSets))
    const { code, stderr } = await dbloss(['recipe', 'voc-mlt', '--images', images, '--output', join(root, 'out')])
    expect(code).toBe(1)
    expect(stderr).toContain("error: the test images have the label 'green', which is none of the pool's")
  })

  test('a list that is not there, a name that is no recipe, and flags that are missing', async () => {
    const { images, recipe } = await setUp()
    expect(await recipe('--list', 'gone.txt')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/gone\.txt cannot be read/),
    })
    const wrong = await dbloss(['recipe', 'voc', '--images', images, '--output', 'out'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices are voc-mlt, coco-mlt') })
    expect(await dbloss(['recipe', 'voc-mlt', '--images', images])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("required option '-o, --output <folder>'"),
    })
  })

  test('a folder that is there is kept; one of a recipe is replaced when that is asked for', async () => {
    const { root, recipe } = await setUp()
    mkdirSync(join(root, 'out'))
    writeFileSync(join(root, 'out/thesis.txt'), 'mine')
    expect(await recipe('--overwrite')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('out is no recipe that dbloss wrote, so it is not overwritten'),
    })
    rmSync(join(root, 'out/thesis.txt'))
    expect((await recipe()).code).toBe(0)
    writeFileSync(join(root, 'out/train.csv'), 'stale')
    expect(await recipe()).toMatchObject({ code: 1, stderr: expect.stringContaining('exists and is not empty') })
    expect((await recipe('--overwrite')).code).toBe(0)
    expect(Object.keys(rowsOf(join(root, 'out/train.csv'))).length).toBeGreaterThan(1)
    expect(readdirSync(root).sort()).toEqual(['VOCdevkit', 'out'])
  })

  test('an interruption ends with 130 and leaves nothing behind', async () => {
    const { root, images } = await setUp()
    const argv = ['recipe', 'voc-mlt', '--images', images, '--output', join(root, 'out')]
    expect((await dbloss(argv, AbortSignal.abort())).code).toBe(130)
    expect(readdirSync(root)).toEqual(['VOCdevkit'])
  })
})
