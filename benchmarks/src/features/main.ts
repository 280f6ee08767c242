/**
 * Times the extraction of features from photographs, beside a plain loop over transformers.js's own
 * image-feature-extraction pipeline, in turns and on the same cores. `DBLOSS_REAL_DATA` names photographs and MobileNets;
 * ViT-S/16 has random weights and needs a python3 with torch and onnx, which export it. Checks that pixels are equal bit for
 * bit, and features within 1e-5 of the largest.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Backbone, extractFeatures, loadBackbone } from '@dbloss/transformers'
import { pipeline, RawImage } from '@huggingface/transformers'
import Table from 'cli-table3'
import { median } from '../median.ts'
import { writeBaseExport, writeVit } from './base-exports.ts'

const rounds = 5
const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined) {
  console.log('DBLOSS_REAL_DATA is not set: there are no photographs to time')
  process.exit()
}
const photographs = photographsIn(join(realData, 'photos/scenes/train'))

function photographsIn(folder: string): { path: string }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'))
  return names.sort().map((name) => ({ path: join(folder, name) }))
}

/** A model, and how many photographs a round has. */
interface Contender {
  readonly name: string
  readonly folder: string
  readonly count: number
}

const temporary = mkdtempSync(join(tmpdir(), 'dbloss-benchmark-'))
try {
  const vit = writeVit(join(temporary, 'vit-classifier'))
  if (vit === undefined) console.log('ViT-S/16: no python3 has torch and onnx to export it')
  const contenders: Contender[] = [
    {
      name: 'MobileNetV1 0.25',
      folder: await writeBaseExport(join(realData, 'models/mobilenet_v1_0.25_224'), join(temporary, 'mobilenet')),
      count: 200,
    },
    { name: 'MobileNetV1 1.0', folder: join(realData, 'models/mobilenet_v1_1.0_224_pw12'), count: 200 },
    ...(vit === undefined
      ? []
      : [{ name: 'ViT-S/16, random weights', folder: await writeBaseExport(vit, join(temporary, 'vit')), count: 60 }]),
  ]
  const table = new Table({
    head: ['', 'pipeline, ms an image', 'dbloss, ms an image', 'times as fast', 'pixels', 'features'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const contender of contenders) table.push(await compare(contender))
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}; median of ${rounds} rounds`,
  )
  console.log(table.toString())
} finally {
  rmSync(temporary, { recursive: true, force: true })
}

async function compare({ name, folder, count }: Contender): Promise<string[]> {
  console.error(`${name} …`)
  const items = photographs.slice(0, count)
  const library = await pipeline('image-feature-extraction', folder, { dtype: 'fp32' })
  const backbone = await loadBackbone(folder, { pooling: 'pooler' })
  const [theirs, ours]: [number[], number[]] = [[], []]
  let difference = ''
  for (let round = 0; round <= rounds; round++) {
    const rows: Float32Array[] = []
    const plain = await millisecondsEach(count, async () => {
      for (const { path } of items) rows.push((await library(path, { pool: true })).data as Float32Array)
    })
    let features = new Float32Array()
    const own = await millisecondsEach(count, async () => {
      features = (await extractFeatures(backbone, items)).features as Float32Array<ArrayBuffer>
    })
    // The first round warms up.
    if (round === 0) continue
    theirs.push(plain)
    ours.push(own)
    difference = largestDifference(features, rows)
  }
  const pixels = (await haveEqualPixels(backbone, items.slice(0, 20))) ? 'equal' : 'DIFFERENT'
  await library.dispose()
  await backbone.dispose()
  const ratio = median(theirs.map((ms, index) => ms / ours[index]!))
  return [name, median(theirs).toFixed(1), median(ours).toFixed(1), ratio.toFixed(2), pixels, difference]
}

async function millisecondsEach(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / count
}

/** Relative to the largest feature. */
function largestDifference(features: Float32Array, rows: readonly Float32Array[]): string {
  const expected = rows.flatMap((row) => [...row])
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const error = expected.reduce((max, value, index) => Math.max(max, Math.abs(value - features[index]!)), 0) / scale
  if (error === 0) return 'equal'
  return `${error < 1e-5 ? 'within' : 'NOT WITHIN'} ${error.toExponential(0)}`
}

async function haveEqualPixels({ prepare, processor }: Backbone, items: readonly { path: string }[]): Promise<boolean> {
  for (const { path } of items) {
    const { pixel_values: expected } = await processor(await RawImage.read(path))
    const actual = await prepare(await RawImage.read(path))
    if (!actual.data.every((value, index) => Object.is(value, expected.data[index]))) return false
  }
  return true
}
