import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { thumbnailsIn } from '../../src/report/thumbnails.ts'

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 200, g: 20, b: 20, alpha: 0 } } })

test('large pictures become small JPEGs, upright, without transparency', async () => {
  const folder = temporaryFolder()
  // Orientation 6: the camera was turned by a quarter.
  await picture(2000, 1000).withMetadata({ orientation: 6 }).png().toFile(join(folder, 'turned.png'))
  const jpeg = await thumbnailsIn(folder)('turned.png')
  expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 120, height: 240, hasAlpha: false })
  expect((await sharp(jpeg).stats()).dominant).toMatchObject({ r: 248, g: 248, b: 248 })
})

test('small pictures are not enlarged', async () => {
  const folder = temporaryFolder()
  await picture(20, 10).png().toFile(join(folder, 'small.png'))
  expect(await sharp(await thumbnailsIn(folder)('small.png')).metadata()).toMatchObject({ width: 20, height: 10 })
})

test('what is missing or no picture gives nothing', async () => {
  const folder = temporaryFolder()
  await writeFile(join(folder, 'broken.jpg'), 'no picture')
  const read = thumbnailsIn(folder)
  expect(await read('missing.jpg')).toBeUndefined()
  expect(await read('broken.jpg')).toBeUndefined()
  expect(await read('https://example.org/picture.jpg')).toBeUndefined()
})
