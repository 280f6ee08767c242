import { join } from 'node:path'
import sharp from 'sharp'
import { pictureSize } from './picture.ts'
import type { Picture } from './picture-set.ts'
import { thingNames } from './things.ts'

const columns = 3
const caption = 18
const nameWidth = 96

/** Writes a PNG with some example pictures of every kind of thing, one row a kind. */
export async function writeContactSheet(
  file: string,
  { folder, pictures, counts }: { folder: string; pictures: readonly Picture[]; counts: readonly number[] },
): Promise<void> {
  const rowHeight = pictureSize + caption
  const half = Math.ceil(thingNames.length / 2)
  const blockWidth = nameWidth + columns * (pictureSize + 4)
  const place = (rank: number) => ({ left: rank < half ? 0 : blockWidth, top: (rank % half) * rowHeight })
  const tiles = thingNames.flatMap((_, rank) => {
    const { left, top } = place(rank)
    return pictures
      .filter(({ shown }) => shown.includes(rank))
      .slice(0, columns)
      .map(({ fileName }, column) => ({
        input: join(folder, fileName),
        left: left + nameWidth + column * (pictureSize + 4),
        top: top + caption / 2,
      }))
  })
  const names = thingNames.map((name, rank) => {
    const { left, top } = place(rank)
    return `<text x="${left + 8}" y="${top + 66}" font-size="15">${name}</text><text x="${left + 8}" y="${top + 86}" font-size="12" fill="#666">${counts[rank]} pictures</text>`
  })
  const [width, height] = [2 * blockWidth, half * rowHeight]
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif">${names.join('')}</svg>`
  await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite([{ input: Buffer.from(text), left: 0, top: 0 }, ...tiles])
    .png()
    .toFile(file)
}
