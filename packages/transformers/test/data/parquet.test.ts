import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { checkDataset } from '../../src/data/check.ts'
import { readParquet } from '../../src/data/parquet.ts'
import { openParquet } from '../../src/data/parquet-table.ts'
import { readImageBytes } from '../../src/data/read-image-bytes.ts'

// Written by DuckDB; see make.sql there.
const fixtures = fileURLToPath(new URL('./fixtures/parquet/', import.meta.url))

/** A copy that a test may damage. */
function copyOf(name: string): string {
  const copy = join(temporaryFolder(), name.split('/').pop()!)
  cpSync(join(fixtures, name), copy, { recursive: true })
  return copy
}

async function colourOf(item: Parameters<typeof readImageBytes>[0]): Promise<number[]> {
  const pixels = await sharp(await readImageBytes(item))
    .removeAlpha()
    .raw()
    .toBuffer()
  return [...pixels.subarray(0, 3)]
}

const text = async (item: Parameters<typeof readImageBytes>[0] | undefined) =>
  Buffer.from(await readImageBytes(item!)).toString()

describe('what is read', () => {
  test('a data set of the Hub: names and their order from the ClassLabel, files in their order', async () => {
    const folder = join(fixtures, 'hub')
    const { classNames, splits } = await readParquet(folder)
    expect(classNames).toEqual(['blue', 'green', 'red'])
    const shown = (items: (typeof splits)['train'] | undefined) => items?.map(({ path, labels }) => ({ path, labels }))
    expect(shown(splits.train)).toEqual([
      { path: join(folder, 'data/train-00000-of-00002.parquet row 0'), labels: [2] },
      { path: join(folder, 'data/train-00000-of-00002.parquet row 1'), labels: [0, 2] },
      { path: join(folder, 'data/train-00001-of-00002.parquet row 0'), labels: [] },
    ])
    expect(shown(splits.validation)).toEqual([
      { path: join(folder, 'data/validation-00000-of-00001.parquet row 0'), labels: [1] },
    ])
    expect(await Promise.all(splits.train.map(colourOf))).toEqual([
      [220, 40, 40],
      [30, 60, 220],
      [40, 200, 60],
    ])
  })

  test('names of labels, images as plain bytes, zstd', async () => {
    const { classNames, splits } = await readParquet(join(fixtures, 'names.parquet'))
    expect(classNames).toEqual(['blue', 'red', 'warm'])
    expect(splits.train.map(({ labels }) => labels)).toEqual([[1, 2], [0]])
    expect(await colourOf(splits.train[1]!)).toEqual([30, 60, 220])
  })

  test('ids without names are their own names, in the order of numbers; rows of any row group', async () => {
    const { classNames, splits } = await readParquet(join(fixtures, 'row-groups.parquet'))
    expect(classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(splits.train).toHaveLength(5000)
    for (const row of [0, 2047, 2048, 4999, 4096, 1]) expect(await text(splits.train[row])).toBe(`row ${row}`)
    expect(splits.train[4999]?.labels).toEqual([4999 % 11])
  })

  test('columns of other names', async () => {
    const file = join(fixtures, 'no-image.parquet')
    const { splits } = await readParquet(file, { imageColumn: 'picture' })
    expect(await colourOf(splits.train[0]!)).toEqual([220, 40, 40])
    await expect(readParquet(file, { imageColumn: 'pixels' })).rejects.toThrow(/has the columns picture, labels;/)
  })

  test('a folder whose file names tell no split is training; folders may tell it', async () => {
    const folder = temporaryFolder()
    cpSync(join(fixtures, 'names.parquet'), join(folder, 'test/0000.parquet'))
    await expect(readParquet(folder)).rejects.toThrow(/has test but no train split/)
    const flat = temporaryFolder()
    cpSync(join(fixtures, 'names.parquet'), join(flat, 'photos.parquet'))
    expect(Object.keys((await readParquet(flat)).splits)).toEqual(['train'])
  })
})

describe('images are read when they are needed', () => {
  test('reading the data set reads no image; a row group is read once for neighbours, and again when it was let go', async () => {
    const file = copyOf('row-groups.parquet')
    const { splits } = await readParquet(file)
    const bytes = readFileSync(file)
    expect(await Promise.all(splits.train.slice(0, 3).map(text))).toEqual(['row 0', 'row 1', 'row 2'])
    // From here on the file holds nothing: what is still given was kept.
    writeFileSync(file, new Uint8Array(bytes.length))
    expect(await text(splits.train[2047])).toBe('row 2047')
    await expect(text(splits.train[2048])).rejects.toThrow(/column image cannot be read as Parquet/)
    writeFileSync(file, bytes)
    expect(await text(splits.train[2048])).toBe('row 2048')
    expect(await text(splits.train[4999])).toBe('row 4999')
    writeFileSync(file, new Uint8Array(bytes.length))
    expect(await text(splits.train[2049])).toBe('row 2049')
    await expect(text(splits.train[0])).rejects.toThrow(/column image cannot be read as Parquet/)
  })

  test('what is given shares no memory with what is kept', async () => {
    const { splits } = await readParquet(join(fixtures, 'row-groups.parquet'))
    const first = await readImageBytes(splits.train[0]!)
    expect(first.buffer.byteLength).toBe(first.length)
    first.fill(0)
    expect(await text(splits.train[0])).toBe('row 0')
  })
})

describe('what is refused', () => {
  const cases: [file: string, message: RegExp][] = [
    ['image-of-numbers', /column image has the type integers; expected image struct or bytes/],
    ['image-of-text', /column image has the type strings; expected image struct or bytes/],
    ['labels-of-fractions', /column labels has the type DOUBLE; expected integers or strings/],
    ['labels-of-structs', /column labels has the type struct; expected integers or strings/],
    ['no-image', /has the columns picture, labels; expected a column image or img/],
    ['no-labels', /has the columns image; expected a column labels or label/],
    ['no-rows', /no-rows\.parquet has no rows/],
    ['null-labels', /null-labels\.parquet row 1 has no labels/],
    ['null-id', /null-id\.parquet row 1 has the label null; expected an id/],
    ['unknown-id', /unknown-id\.parquet row 0 has the label 2; expected an id from 0 to 1/],
    ['hidden-label', /hidden-label\.parquet row 0 has the label -1; expected an id from 0 to 1/],
    ['repeated-names', /key 'huggingface' gives label the names \["a","a"\]; expected distinct names/],
    ['metadata-is-no-json', /key 'huggingface' is not JSON/],
  ]
  test.each(cases)('%s', async (file, message) => {
    await expect(readParquet(join(fixtures, `${file}.parquet`))).rejects.toMatchObject({
      name: 'DblossError',
      code: 'data',
      message: expect.stringMatching(message),
    })
  })

  test('an image that lies elsewhere, when it is read', async () => {
    const { splits } = await readParquet(join(fixtures, 'path-only.parquet'))
    await expect(readImageBytes(splits.train[0]!)).rejects.toThrow(
      /path-only\.parquet row 0 embeds no image in column image, only the path elsewhere\.png/,
    )
  })

  test('files of other classes, a file missing from a series, and names of which only some tell a split', async () => {
    const other = copyOf('hub')
    cpSync(join(fixtures, 'other-classes.parquet'), join(other, 'data/train-00001-of-00002.parquet'))
    await expect(readParquet(other)).rejects.toThrow(/train-00001.* has other classes than .*train-00000/)
    const missing = copyOf('hub')
    rmSync(join(missing, 'data/train-00001-of-00002.parquet'))
    await expect(readParquet(missing)).rejects.toThrow(/train-00001-of-00002\.parquet is missing/)
    const mixed = copyOf('hub')
    cpSync(join(fixtures, 'names.parquet'), join(mixed, 'more.parquet'))
    await expect(readParquet(mixed)).rejects.toThrow(/more\.parquet tells no split/)
    await expect(readParquet(temporaryFolder())).rejects.toThrow(/has no Parquet file/)
    await expect(readParquet(join(missing, 'gone'))).rejects.toThrow(/cannot be read as a folder/)
  })

  test('files cut short anywhere, empty files and other files', async () => {
    const file = copyOf('names.parquet')
    const bytes = readFileSync(file)
    for (const length of [0, 3, 8, 100, bytes.length - 9, bytes.length - 4, bytes.length - 1]) {
      writeFileSync(file, bytes.subarray(0, length))
      await expect(readParquet(file)).rejects.toThrow(/names\.parquet cannot be read as Parquet: /)
    }
    writeFileSync(file, 'file_name,labels\n'.repeat(50))
    await expect(readParquet(file)).rejects.toThrow(/names\.parquet cannot be read as Parquet: /)
  })

  test('damaged bytes end with an error of dbloss or with other values, never with another error', async () => {
    const file = copyOf('names.parquet')
    const bytes = readFileSync(file)
    for (let place = 0; place < bytes.length; place += 7) {
      const damaged = Uint8Array.from(bytes)
      damaged[place]! ^= 0xff
      writeFileSync(file, damaged)
      const outcome = await readParquet(file)
        .then(({ splits }) => Promise.all(splits.train.map((item) => readImageBytes(item))))
        .catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'DblossError', code: 'data' })
    }
  })

  test('bytes that are no image are found by checking, with their row', async () => {
    const { classNames, splits } = await readParquet(join(fixtures, 'row-groups.parquet'))
    const rows = { classNames, splits: { train: splits.train.slice(2, 4) }, withoutMetadata: [] }
    const { unreadable } = await checkDataset(rows)
    expect(unreadable.map(({ path }) => path)).toEqual(
      [2, 3].map((row) => `${join(fixtures, 'row-groups.parquet')} row ${row}`),
    )
    expect(unreadable[0]?.reason).toMatch(/row-groups\.parquet row 2/)
  })

  test('a table knows its row groups', async () => {
    const { rowGroups, rowCount } = await openParquet(join(fixtures, 'row-groups.parquet'))
    expect(rowCount).toBe(5000)
    expect(rowGroups).toEqual([
      { start: 0, rows: 2048 },
      { start: 2048, rows: 2048 },
      { start: 4096, rows: 904 },
    ])
  })
})
