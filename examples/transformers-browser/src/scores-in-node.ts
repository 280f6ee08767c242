import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { multiLabelPipeline } from '@dbloss/transformers'
import { unzipSync } from 'fflate'
import type { PictureFile } from './drawn-pictures.ts'

/** What the downloaded model says of a picture in Node, by label. */
export async function scoresInNode(zip: string, { buffer }: PictureFile): Promise<Record<string, number>> {
  const folder = mkdtempSync(join(tmpdir(), 'dbloss-downloaded-'))
  try {
    for (const [path, content] of Object.entries(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const classify = await multiLabelPipeline(folder)
    const scores = await classify(new Blob([Uint8Array.from(buffer)]), { threshold: 0 })
    await classify.dispose()
    return Object.fromEntries(scores.map(({ label, score }) => [label, score]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The largest difference between the scores of the same labels. */
export function largestDifference(one: Record<string, number>, other: Record<string, number>): number {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Math.max(...[...names].map((name) => Math.abs((one[name] ?? Number.NaN) - (other[name] ?? Number.NaN))))
}
