import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@dbloss/core'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { checkDataset } from '../../src/data/check.ts'
import { checkLabels } from '../../src/data/check-labels.ts'
import type { Dataset, ImageItem } from '../../src/data/dataset.ts'
import { lookAlikes, looksTheSame } from '../../src/data/look-alikes.ts'
import { type Look, lookOf } from '../../src/data/perceptual-hash.ts'
import { decodeImage } from '../../src/features/decode-image.ts'

/** A smooth picture: coarse random colours, enlarged. */
async function picture(seed: number): Promise<Buffer> {
  const random = createRandom(seed)
  const data = Uint8Array.from({ length: 6 * 5 * 3 }, () => random.integer(256))
  const enlarged = sharp(data, { raw: { width: 6, height: 5, channels: 3 } }).resize(240, 200, { kernel: 'cubic' })
  return enlarged.png().toBuffer()
}

const flat = (colour: string) =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: colour } })
    .png()
    .toBuffer()

const look = async (bytes: Uint8Array) => lookOf(await decodeImage(bytes, 'a picture'))

describe('looks', () => {
  test('are the same after scaling, recompression and a change of format', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const original = await picture(seed)
      const first = await look(original)
      for (const changed of [
        sharp(original).resize(120, 100).png(),
        sharp(original).jpeg({ quality: 60 }),
        sharp(original).webp({ quality: 80 }),
      ]) {
        expect(looksTheSame(first, await look(await changed.toBuffer()))).toBe(true)
      }
    }
  })

  test('differ between pictures, mirrored pictures and flat pictures of other colours', async () => {
    const looks = await Promise.all(Array.from({ length: 40 }, async (_, seed) => look(await picture(seed))))
    expect(lookAlikes(looks)).toEqual([])
    const mirrored = await sharp(await picture(0))
      .flop()
      .toBuffer()
    expect(looksTheSame(looks[0]!, await look(mirrored))).toBe(false)
    expect(looksTheSame(await look(await flat('red')), await look(await flat('blue')))).toBe(false)
    expect(looksTheSame(await look(await flat('#800000')), await look(await flat('#830000')))).toBe(true)
  })

  test('of falling brightness is all ones, of rising and of flat grey none', async () => {
    const ramp = Uint8Array.from({ length: 90 * 8 }, (_, index) => 255 - 2 * (index % 90))
    const image = sharp(ramp, { raw: { width: 90, height: 8, channels: 1 } })
    expect((await look(await image.png().toBuffer())).hash).toBe(2n ** 64n - 1n)
    expect((await look(await image.flop().png().toBuffer())).hash).toBe(0n)
    expect(await look(await flat('#646464'))).toEqual({ hash: 0n, colour: [100, 100, 100] })
  })

  test('of images smaller than the cells are numbers', async () => {
    const tiny = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#0a141e' } })
      .png()
      .toBuffer()
    const { hash, colour } = await look(tiny)
    expect(hash).toBe(0n)
    // Sums of 72 equal numbers, divided by 72.
    for (const [channel, value] of [10, 20, 30].entries()) expect(colour[channel]).toBeCloseTo(value, 10)
  })

  test('groups are those that comparing every pair gives', () => {
    const random = createRandom(5)
    const grey = [0, 0, 0] as const
    const looks: Look[] = Array.from({ length: 60 }, () => {
      const near = BigInt(random.integer(4)) * 0x0123456789abcdefn
      let hash = BigInt.asUintN(64, near)
      for (let flips = random.integer(4); flips > 0; flips--) hash ^= 1n << BigInt(random.integer(64))
      return { hash, colour: grey }
    })
    const groupOf = looks.map((_, index) => index)
    for (let round = 0; round < looks.length; round++) {
      for (const [a, first] of looks.entries()) {
        for (const [b, second] of looks.entries()) {
          if (looksTheSame(first, second)) groupOf[a] = Math.min(groupOf[a]!, groupOf[b]!)
        }
      }
    }
    const expected = [...new Set(groupOf)]
      .map((group) => [...groupOf.keys()].filter((index) => groupOf[index] === group))
      .filter((group) => group.length > 1)
    expect(expected.length).toBeGreaterThan(1)
    expect(lookAlikes(looks).sort(([a], [b]) => a! - b!)).toEqual(expected)
  })
})

describe('labels', () => {
  test('never, always and not everywhere present', () => {
    const item = (...labels: number[]): ImageItem => ({ path: '', labels })
    const dataset = {
      classNames: ['never', 'always', 'train', 'test'],
      splits: { train: [item(1, 2), item(1)], test: [item(1, 3)] },
      withoutMetadata: [],
    }
    expect(checkLabels(dataset)).toEqual({
      neverPresent: ['never'],
      alwaysPresent: ['always'],
      missingFrom: { train: ['test'], test: ['train'] },
    })
  })
})

describe('a data set', () => {
  async function setUp(): Promise<{ folder: string; dataset: Dataset }> {
    const folder = temporaryFolder()
    const [one, two, three] = await Promise.all([picture(1), picture(2), picture(3)])
    const jpeg = await sharp(three).jpeg().toBuffer()
    writeFileSync(join(folder, 'one.png'), one)
    writeFileSync(join(folder, 'again.png'), one)
    writeFileSync(join(folder, 'two.png'), two)
    writeFileSync(join(folder, 'small.jpg'), await sharp(two).resize(120, 100).jpeg().toBuffer())
    writeFileSync(join(folder, 'cut.jpg'), jpeg.subarray(0, jpeg.length * 0.7))
    writeFileSync(join(folder, 'text.png'), 'not a picture')
    const item = (name: string, ...labels: number[]): ImageItem => ({ path: join(folder, name), labels })
    const read = async () => three
    const dataset: Dataset = {
      classNames: ['x', 'y'],
      splits: {
        train: [item('one.png', 0), item('two.png', 0), item('cut.jpg', 1), { path: 'row 1', labels: [], read }],
        test: [item('again.png', 0), item('small.jpg', 1), item('text.png'), item('gone.png')],
      },
      withoutMetadata: [join(folder, 'extra.png')],
    }
    return { folder, dataset }
  }

  test('is described by what is wrong with it, as plain JSON', async () => {
    const { folder, dataset } = await setUp()
    const seen: number[] = []
    const result = await checkDataset(dataset, {
      onProgress: ({ phase, done }) => phase === 'check' && seen.push(done),
    })
    const image = (name: string, split: string) => ({ path: join(folder, name), split })
    expect(result).toEqual({
      imageCounts: { train: 4, test: 4 },
      unreadable: [
        { ...image('cut.jpg', 'train'), reason: expect.stringMatching(/cut\.jpg cannot be read as an image/) },
        { ...image('text.png', 'test'), reason: expect.stringMatching(/text\.png cannot be read as an image/) },
        { ...image('gone.png', 'test'), reason: expect.stringMatching(/gone\.png cannot be read: ENOENT/) },
      ],
      duplicates: [
        { images: [image('one.png', 'train'), image('again.png', 'test')], acrossSplits: true, sameLabels: true },
      ],
      lookAlikes: [
        { images: [image('two.png', 'train'), image('small.jpg', 'test')], acrossSplits: true, sameLabels: false },
      ],
      labels: { neverPresent: [], alwaysPresent: [], missingFrom: {} },
      withoutLabels: [{ path: 'row 1', split: 'train' }, image('text.png', 'test'), image('gone.png', 'test')],
      withoutMetadata: [join(folder, 'extra.png')],
    })
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('is read a few images at a time', async () => {
    const bytes = await flat('red')
    let [open, most] = [0, 0]
    const read = async () => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 1))
      open--
      return bytes
    }
    const train = Array.from({ length: 40 }, (_, index) => ({ path: String(index), labels: [0], read }))
    const { duplicates } = await checkDataset({ classNames: ['x'], splits: { train }, withoutMetadata: [] })
    expect(most).toBeLessThanOrEqual(8)
    expect(duplicates.map(({ images }) => images.length)).toEqual([40])
  })

  test('ends with the reason of an abort', async () => {
    const { dataset } = await setUp()
    const controller = new AbortController()
    const reason = new Error('enough')
    const onProgress = ({ done }: { done: number }) => done === 2 && controller.abort(reason)
    await expect(checkDataset(dataset, { signal: controller.signal, onProgress })).rejects.toBe(reason)
  })
})
