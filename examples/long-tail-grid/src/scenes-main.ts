/**
 * `dbloss train` on a long-tailed subset of the scenes and `dbloss report`, as a user types them. Fails when a number of the
 * report is not what follows from the predictions file, and when a saved model does not give the same logits in Node, in
 * Chromium and in ONNX Runtime alone, or others than the predictions file has. Reads the data from the folder that
 * DBLOSS_REAL_DATA names.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawImage } from '@huggingface/transformers'
import { dblossProcess } from '../../../packages/cli/test/command-process.ts'
import { checkReport } from '../../../packages/cli/test/report/check-report.ts'
import { plainPredictions } from '../../../packages/cli/test/report/plain-measures.ts'
import {
  largestDifference,
  logitsInChromium,
  logitsInNode,
  logitsInOnnxRuntime,
} from '../../../packages/transformers/test/support/saved-logits.ts'
import { subset, subsetSeeds } from './subsets.ts'

/** Single precision, by two builds of ONNX Runtime that sum in another order; of logits above 1 relative to them. */
const logitTolerance = 1e-5
/** The sides of pictures that the processor of the model crops without resizing them. */
const side = 256
const pictureCount = 8

const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') console.log('real data not present: set DBLOSS_REAL_DATA to its folder')
else {
  const folder = mkdtempSync(join(tmpdir(), 'dbloss-scenes-'))
  try {
    await prove(realData, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prove(data: string, folder: string): Promise<void> {
  const photos = join(data, 'photos/scenes')
  const backbone = join(data, 'models/mobilenet_v1_1.0_224_pw12')
  const { max, min, exponent } = subset
  const training = [
    ...['train', photos, '--model', backbone, '--cache', join(folder, 'features')],
    ...['--subset', [max, min, exponent, subsetSeeds[0]].join(',')],
  ]
  const pictures = await resizedPictures(photos, folder)
  for (const [name, flags] of [
    ['heads', ['--compare', 'bce,db']],
    ['the last block', ['--loss', 'db', '--sampler', 'class-aware', '--trainable-blocks', '1']],
  ] as const) {
    const model = join(folder, name.replaceAll(' ', '-'))
    console.log(`\nTraining ${name}`)
    await run([...training, ...flags, '--output', model])
    const page = join(folder, 'report.html')
    await run(['report', model, '--output', page])
    const predictions = readFileSync(join(model, 'predictions.jsonl'), 'utf8')
    const { compared, differences } = checkReport(readFileSync(page, 'utf8'), predictions)
    expectThat(`${compared} numbers of the report follow from the predictions file`, differences.length === 0)
    for (const difference of differences) console.log(`  ${difference}`)
    await compareLogits(model, predictions, photos, pictures)
  }
}

async function compareLogits(model: string, predictions: string, photos: string, pictures: readonly string[]) {
  const { test, runs } = plainPredictions(predictions)
  const tested = test.slice(0, pictureCount)
  const photographs = tested.map(({ file }) => join(photos, file))
  const saved = tested.map(({ logits }) => logits[runs[0]!.name]!)
  const inNode = await logitsInNode(model, pictures)
  const largest = Math.max(...inNode.flat().map(Math.abs))
  console.log(`The largest of the logits is ${largest.toFixed(1)}`)
  for (const [where, difference] of [
    ['the predictions file and Node', largestDifference(saved, await logitsInNode(model, photographs))],
    ['Chromium and Node', largestDifference(inNode, await logitsInChromium(model, pictures))],
    ['ONNX Runtime alone and Node', largestDifference(inNode, await logitsInOnnxRuntime(model, pictures))],
  ] as const) {
    const allowed = logitTolerance * Math.max(1, largest)
    expectThat(`logits of ${where} differ by ${difference.toExponential(1)} at most`, difference <= allowed)
  }
}

/** Photographs of the test split as PNG files that need no resizing. */
async function resizedPictures(photos: string, folder: string): Promise<string[]> {
  const lines = readFileSync(join(photos, 'test/metadata.jsonl'), 'utf8').split('\n').slice(0, pictureCount)
  const files: string[] = []
  for (const [index, line] of lines.entries()) {
    const { file_name: name } = JSON.parse(line) as { file_name: string }
    const picture = await RawImage.read(join(photos, 'test', name))
    const file = join(folder, `${index}.png`)
    await (await picture.resize(side, side)).save(file)
    files.push(file)
  }
  return files
}

async function run(argv: readonly string[]): Promise<void> {
  console.log(`$ dbloss ${argv.join(' ')}`)
  const started = Date.now()
  const { code, stdout, stderr } = await dblossProcess(argv)
  console.log(`${stdout}(${((Date.now() - started) / 1000).toFixed(0)} s)`)
  if (code !== 0) throw new Error(`dbloss ${argv[0]} ended with ${code}: ${stderr}`)
}

function expectThat(what: string, holds: boolean): void {
  console.log(`${holds ? 'ok' : 'FAILED'}  ${what}`)
  if (!holds) process.exitCode = 1
}
