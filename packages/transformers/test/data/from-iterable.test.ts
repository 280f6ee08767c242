import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { fromIterable, type ImageSource } from '../../src/data/from-iterable.ts'
import { readImageBytes } from '../../src/data/read-image-bytes.ts'

describe('what code yields', () => {
  test('every kind of image, from an async generator', async () => {
    const file = join(temporaryFolder(), 'a b.png')
    writeFileSync(file, 'file')
    let reads = 0
    async function* yieldImages(): AsyncGenerator<ImageSource> {
      yield { image: file, labels: ['x'] }
      yield { image: Buffer.from('bytes'), labels: ['y', 'x'] }
      yield { image: new Blob(['blob']), labels: [], split: 'val' }
      yield { image: async () => Buffer.from(`read ${++reads}`), labels: ['y'], split: 'test' }
      yield { image: new URL('https://example.org/a.png'), labels: ['x'], split: 'test' }
      yield { image: 'https://example.org/b.png', labels: ['x'], split: 'test' }
      yield { image: 'relative.png', labels: ['x'], split: 'test' }
    }
    const { classNames, splits } = await fromIterable(yieldImages())
    expect(classNames).toEqual(['x', 'y'])
    expect(reads).toBe(0)
    const { train, validation = [], test: last = [] } = splits
    const text = async (item: Parameters<typeof readImageBytes>[0]) =>
      Buffer.from(await readImageBytes(item)).toString()
    expect(await Promise.all([...train, ...validation].map(text))).toEqual(['file', 'bytes', 'blob'])
    expect(train.map(({ labels }) => labels)).toEqual([[0], [0, 1]])
    expect([await text(last[0]!), await text(last[0]!)]).toEqual(['read 1', 'read 2'])
    expect(last.map(({ path }) => path)).toEqual([
      'item 3',
      'https://example.org/a.png',
      'https://example.org/b.png',
      resolve('relative.png'),
    ])
  })

  test('file URLs become paths; classes in a given order', async () => {
    const file = join(temporaryFolder(), 'a ü.png')
    const { classNames, splits } = await fromIterable([{ image: pathToFileURL(file), labels: ['a'] }], {
      classNames: ['z', 'a'],
    })
    expect(classNames).toEqual(['z', 'a'])
    expect(splits.train).toEqual([{ path: file, labels: [1] }])
  })
})

describe('what is refused', () => {
  const x = { image: 'a.png', labels: ['x'] }
  const cases: [name: string, items: unknown[], message: RegExp][] = [
    ['nothing', [], /the iterable yields nothing/],
    ['an image that is none', [x, { image: 7, labels: ['x'] }], /item 1 has the image 7; expected a path/],
    ['an empty path', [{ image: '', labels: ['x'] }], /item 0 has the image ;/],
    ['another protocol', [{ image: new URL('ftp://example.org/a'), labels: ['x'] }], /item 0 has the image ftp:/],
    ['labels that are none', [{ image: 'a.png', labels: 'x' }], /item 0 has labels "x"/],
    ['no labels', [{ image: 'a.png' }], /item 0 has no labels/],
    ['an unknown split', [{ ...x, split: 'dev' }], /item 0 has the split 'dev'/],
    ['a path twice', [x, { ...x, split: 'test' }], /item 1 names .*a\.png, as item 0 does/],
    ['no training', [{ ...x, split: 'test' }], /the iterable has test but no train split/],
    [
      'a label that training lacks',
      [x, { image: 'b', labels: ['y'], split: 'test' }],
      /item 1 has the label 'y', which no training/,
    ],
  ]
  test.each(cases)('%s', async (_, items, message) => {
    await expect(fromIterable(items as ImageSource[])).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(message),
    })
  })

  test('labels outside the given classes, and an abort', async () => {
    await expect(fromIterable([x], { classNames: ['y'] })).rejects.toThrow(/item 0 has the label 'x', which is none/)
    const reason = new Error('enough')
    await expect(fromIterable([x], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
