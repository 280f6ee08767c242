import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PredictionLine, PredictionsHeader } from '../../src/predictions/predictions.ts'
import { readPredictions } from '../../src/predictions/read-predictions.ts'
import { writePredictions } from '../../src/predictions/write-predictions.ts'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dbloss-predictions-'))
  file = join(folder, 'predictions.jsonl')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const header: PredictionsHeader = {
  classNames: ['sea', 'sand "wet"\n', '🌊'],
  classCounts: [2, 1, 0],
  sampleCount: 2,
  imageCount: 4,
  runs: [
    { name: 'bce', loss: 'bce', lossParameters: {}, sampler: 'uniform', lossCurve: [0.7, 0.5] },
    {
      name: '__proto__',
      loss: 'db',
      lossParameters: { alpha: 0.1 },
      sampler: 'class-aware',
      lossCurve: [0.9],
      validationCurve: [0.4],
      thresholds: [0, -1.5, 2],
      temperature: 1.5,
    },
  ],
}
const logitsOf = (...rows: number[][]) =>
  Object.fromEntries(header.runs.map(({ name }, index) => [name, rows[index]!])) as Record<string, number[]>
const pictures: PredictionLine[] = [
  { file: 'train/a.jpg', split: 'train', labels: [0, 1] },
  { file: 'train/b.jpg', split: 'train', labels: [0] },
  { file: 'v/c.jpg', split: 'validation', labels: [], logits: logitsOf([0.5, -1, 2], [0, 1, 2]) },
  { file: 'd.jpg', split: 'test', labels: [2], logits: logitsOf([0.1, -1e-12, 3e20], [0, 1, 2]) },
]

const headerLine = (change: object = {}) =>
  JSON.stringify({ format: 'dbloss-predictions', version: 1, ...header, imageCount: 1, ...change })
const pictureLine = (change: object = {}) => JSON.stringify({ ...pictures[3], ...change })

async function messageOf(...lines: string[]): Promise<string> {
  await writeFile(file, lines.join('\n'))
  const error: unknown = await readPredictions(file).then(
    () => undefined,
    (thrown) => thrown,
  )
  expect(error).toMatchObject({ name: 'DblossError', code: 'data', argument: 'predictions' })
  return (error as Error).message
}

describe('writePredictions and readPredictions', () => {
  test('what is written is read back, logits in single precision', async () => {
    await writePredictions(file, { header, pictures })
    const { imageCount: _, ...rest } = header
    const read = await readPredictions(file)
    expect({ ...read, training: undefined, scored: undefined }).toEqual({ ...rest })
    expect(read.training).toEqual(pictures.slice(0, 2))
    expect(read.scored.map(({ file, split, labels }) => ({ file, split, labels }))).toEqual([
      { file: 'v/c.jpg', split: 'validation', labels: [] },
      { file: 'd.jpg', split: 'test', labels: [2] },
    ])
    expect(read.scored[1]!.logits.bce).toEqual(Float32Array.of(0.1, -1e-12, 3e20))
    expect(Object.getOwnPropertyDescriptor(read.scored[0]!.logits, '__proto__')?.value).toEqual(
      Float32Array.of(0, 1, 2),
    )
    expect(await readdir(folder)).toEqual(['predictions.jsonl'])
  })

  test('a line is the JSON that the format describes', async () => {
    await writePredictions(file, { header, pictures })
    const lines = (await readFile(file, 'utf8')).split('\n')
    expect(JSON.parse(lines[0]!)).toMatchObject({ format: 'dbloss-predictions', version: 1, sampleCount: 2 })
    expect(lines[1]).toBe('{"file":"train/a.jpg","split":"train","labels":[0,1]}')
    expect(lines[3]).toContain('"labels":[],"logits":{"bce":[0.5,-1,2],"__proto__":[0,1,2]}}')
    expect(lines).toHaveLength(6)
    expect(lines[5]).toBe('')
  })

  test('every number of single precision comes back exactly', async () => {
    const one = { ...header, classNames: ['only'], classCounts: [1], runs: [header.runs[0]!] }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        async (values) => {
          const made = values.map((value): PredictionLine => {
            return { file: 'a', split: 'test', labels: [], logits: { bce: Float32Array.of(value) } }
          })
          await writePredictions(file, { header: { ...one, imageCount: made.length }, pictures: made })
          const { scored } = await readPredictions(file)
          // + 0 makes −0 to 0: JSON has the sign, shortest decimals have not.
          expect(scored.map(({ logits }) => logits.bce![0]! + 0)).toEqual(values.map((value) => value + 0))
        },
      ),
      { numRuns: 30 },
    )
  })

  test('more than a chunk of pictures from an async iterable', async () => {
    const count = 5000
    async function* many(): AsyncGenerator<PredictionLine> {
      for (let index = 0; index < count; index++) yield { ...pictures[3]!, file: `${'x'.repeat(100)}${index}.jpg` }
    }
    await writePredictions(file, { header: { ...header, imageCount: count }, pictures: many() })
    const { scored } = await readPredictions(file)
    expect(scored).toHaveLength(count)
    expect(scored.at(-1)!.file).toMatch(/x4999\.jpg$/)
  })
})

describe('readPredictions refuses', () => {
  test.each<[string, string[], RegExp]>([
    ['an empty file', [''], /is empty/],
    ['no JSON', ['hello'], /line 1 is not JSON/],
    ['another format', [headerLine({ format: 'x' })], /line 1: format is "x"; expected 'dbloss-predictions'/],
    ['a later version', [headerLine({ version: 2 })], /version is 2; expected 1/],
    ['a class name that comes twice', [headerLine({ classNames: ['a', 'a', 'b'] })], /classNames is "a"/],
    ['too few counts', [headerLine({ classCounts: [1] })], /classCounts is "a list of 1"; expected 3 numbers/],
    ['a count above the samples', [headerLine({ classCounts: [1, 9, 0] })], /classCounts\[1\] is 9; expected 0 to/],
    ['no runs', [headerLine({ runs: [] })], /runs is \[\]; expected at least one/],
    ['runs of one name', [headerLine({ runs: [header.runs[0], header.runs[0]] })], /names of runs is "bce"/],
    [
      'a curve with NaN',
      [headerLine({ runs: [{ ...header.runs[0], lossCurve: [1, Number.NaN] }] })],
      /runs\[0\]\.lossCurve\[1\] is null; expected a finite number/,
    ],
    [
      'a temperature of 0',
      [headerLine({ runs: [{ ...header.runs[0], temperature: 0 }] })],
      /runs\[0\]\.temperature is 0; expected a number above 0/,
    ],
    ['a line that is cut off', [headerLine(), pictureLine().slice(0, -9)], /line 2 is not JSON, or is cut off/],
    [
      'lines that are missing',
      [headerLine({ imageCount: 2 }), pictureLine()],
      /has 1 pictures, but its first line says 2/,
    ],
    [
      'a part of the training pictures',
      [headerLine(), JSON.stringify(pictures[0])],
      /has 1 training pictures, but sampleCount is 2/,
    ],
    ['an unknown split', [headerLine(), pictureLine({ split: 'dev' })], /line 2: split is "dev"; expected train, val/],
    ['no file', [headerLine(), pictureLine({ file: undefined })], /line 2: file is missing; expected a text/],
    [
      'a label out of range',
      [headerLine(), pictureLine({ labels: [3] })],
      /a label is 3; expected the index of one of 3/,
    ],
    ['a label twice', [headerLine(), pictureLine({ labels: [1, 1] })], /labels is \[1,1\]; expected each class once/],
    ['no logits', [headerLine(), pictureLine({ logits: undefined })], /logits is missing/],
    ['logits in training', [headerLine(), pictureLine({ split: 'train' })], /expected none for a training picture/],
    [
      'a run without logits',
      [headerLine(), pictureLine({ logits: { bce: [1, 2, 3] } })],
      /logits\["__proto__"\] is missing/,
    ],
    [
      'logits of an unknown run',
      [headerLine(), pictureLine({ logits: { asl: [1, 2, 3] } })],
      /a run of logits is "asl"; expected a run that the first line names/,
    ],
    [
      'too few logits',
      [headerLine(), pictureLine({ logits: { bce: [1, 2] } })],
      /logits\["bce"\] is "a list of 2"; expected 3 numbers/,
    ],
    [
      'NaN, which JSON writes as null',
      [headerLine(), pictureLine({ logits: { bce: [1, Number.NaN, 2] } })],
      /line 2: logits\["bce"\]\[1\] is null; expected a finite number/,
    ],
    [
      'what overflows single precision',
      [headerLine(), pictureLine({ logits: { bce: [1, 2, 1e39] } })],
      /logits\["bce"\]\[2\] is Infinity/,
    ],
  ])('%s', async (_, lines, message) => {
    expect(await messageOf(...lines)).toMatch(message)
  })

  test('a file that was cut off anywhere', async () => {
    await writePredictions(file, { header, pictures })
    const whole = await readFile(file)
    // The last byte is the line break, without which the file is whole too.
    for (let length = 0; length < whole.length - 1; length += 7) {
      await writeFile(file, whole.subarray(0, length))
      await expect(readPredictions(file)).rejects.toMatchObject({ code: 'data' })
    }
  })

  test('a folder and a missing file', async () => {
    await expect(readPredictions(folder)).rejects.toMatchObject({ code: 'data', argument: 'predictions' })
    await expect(readPredictions(file)).rejects.toMatchObject({ code: 'data', argument: 'predictions' })
  })
})

describe('writePredictions refuses', () => {
  test.each<[string, object, RegExp]>([
    ['a header that cannot be read', { header: { ...header, classCounts: [1] } }, /^header: classCounts/],
    ['a picture that cannot be read', { pictures: [{ ...pictures[3]!, labels: [7] }] }, /^pictures\[0\]: a label is 7/],
    ['NaN', { pictures: [{ ...pictures[3]!, logits: logitsOf([1, Number.NaN, 1], [0, 0, 0]) }] }, /\[1\] is NaN/],
    ['another number of pictures', { pictures: pictures.slice(1) }, /there are 3 pictures, but imageCount is 4/],
  ])('%s, and leaves the earlier file as it was', async (_, change, message) => {
    await writeFile(file, 'earlier')
    await expect(writePredictions(file, { header, pictures, ...change })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'argument',
      message: expect.stringMatching(message),
    })
    expect(await readFile(file, 'utf8')).toBe('earlier')
    expect(await readdir(folder)).toHaveLength(1)
  })

  test('a folder that does not exist', async () => {
    const below = join(folder, 'missing', 'predictions.jsonl')
    await expect(writePredictions(below, { header, pictures })).rejects.toMatchObject({ code: 'output' })
  })

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written', async () => {
    await chmod(folder, 0o500)
    await expect(writePredictions(file, { header, pictures })).rejects.toMatchObject({ code: 'output' })
    await chmod(folder, 0o700)
  })

  test('to go on after an abort, and what the pictures throw comes through', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(writePredictions(file, { header, pictures, signal })).rejects.toThrow('enough')
    function* failing(): Generator<PredictionLine> {
      yield pictures[0]!
      throw new RangeError('a picture failed')
    }
    await expect(writePredictions(file, { header, pictures: failing() })).rejects.toThrow(RangeError)
    expect(await readdir(folder)).toEqual([])
  })
})
