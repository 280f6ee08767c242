/**
 * The main job from beginning to end, without network and without files from outside: draws a long-tailed picture set,
 * builds a backbone, trains a classifier with BCE and with Distribution-Balanced loss on the same features, and compares.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from 'dbloss'
import pc from 'picocolors'
import { writeBackbone } from './backbone/backbone.ts'
import { writeChart } from './chart.ts'
import { writeContactSheet } from './pictures/contact-sheet.ts'
import { trainingCounts } from './pictures/label-plan.ts'
import { drawPictureSet, type PictureSet } from './pictures/picture-set.ts'
import { thingNames } from './pictures/things.ts'
import { difference, type RunResult, readRuns } from './results.ts'
import { writeWhole } from './write-whole.ts'

const seed = 1
const output = 'demo-output'
const pictures = join(output, 'pictures')
const backbone = join(output, 'backbone')
const model = join(output, 'model')
const results = join(output, 'results.json')
const chart = join(output, 'average-precision.png')
const mainLoss = 'db-focal'

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())
process.once('SIGTERM', () => interruption.abort())
const { signal } = interruption

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)))
process.exitCode = await demo().catch((error: unknown) => {
  if (!signal.aborted) throw error
  console.error('\nStopped. Nothing half-written is left behind.')
  return 130
})

async function demo(): Promise<number> {
  const started = performance.now()
  await Promise.all([model, results, chart].map((path) => rm(path, { recursive: true, force: true })))
  const set = await draw()
  await build(set)
  const exitCode = await train()
  if (exitCode !== 0) return exitCode
  await report(set)
  console.log(`\nAll of this took ${Math.round((performance.now() - started) / 1000)} s.`)
  return 0
}

async function draw(): Promise<PictureSet> {
  say(1, `Drawing pictures of ${thingNames.length} kinds of things, from very frequent to very rare`)
  const set = await writeWhole(pictures, (folder) => drawPictureSet(folder, seed, signal))
  const counts = trainingCounts()
  console.log(`${set.train.length} training and ${set.test.length} test pictures. Training pictures that show a …`)
  console.log(thingNames.map((name, rank) => `${name} ${counts[rank]}`).join(', '))
  const sheet = join(output, 'pictures.png')
  await writeWhole(sheet, (file) =>
    writeContactSheet(file, { folder: join(pictures, 'train'), pictures: set.train, counts }),
  )
  console.log(`Some of each: ${sheet}`)
  return set
}

async function build(set: PictureSet): Promise<void> {
  say(2, 'Building a backbone: filters that look for small patches of the pictures; it sees no labels')
  const files = set.train.map(({ fileName }) => join(pictures, 'train', fileName))
  signal.throwIfAborted()
  const features = await writeWhole(backbone, (folder) => writeBackbone({ folder, pictures: files, seed }))
  console.log(`${features} features a picture, in the folder layout of transformers.js: ${backbone}`)
}

function train(): Promise<number> {
  say(3, 'Training with BCE and with Distribution-Balanced loss on the same features')
  return dbloss([
    'train',
    pictures,
    ...['--model', backbone],
    ...['--output', model],
    ...['--feature-scaling', 'standardize'],
    ...['--loss', mainLoss, '--sampler', 'class-aware'],
    ...['--compare', `bce,bce/class-aware,${mainLoss},db/class-aware`],
    ...['--results', results],
  ])
}

async function report({ test }: PictureSet): Promise<void> {
  say(4, 'What came out')
  const runs = await readRuns(results)
  const [main, baseline] = [runs[0]!, runs.find(({ loss, sampler }) => loss === 'bce' && sampler === 'uniform')!]
  const chance = test.flatMap(({ shown }) => shown).length / test.length / thingNames.length
  const times = (baseline.map.all / chance).toFixed(1)
  console.log(`BCE reaches a mAP of ${percent(baseline.map.all)}, ${times} times chance, which is ${percent(chance)}.`)
  console.log(`Distribution-Balanced, class-aware, against BCE, uniform, in points: ${difference(main, baseline)}`)
  const best = runs.reduce((one, other) => (other.map.all > one.map.all ? other : one))
  console.log(`The best mAP here: ${best.loss} with the ${best.sampler} sampler.`)
  await writeWhole(chart, (file) => drawChart(file, main, baseline))
  console.log(`Average precision of each kind of thing as a picture: ${chart}`)

  say(5, `The model lies in ${model}; it labels pictures that it has not seen`)
  const shown = test.slice(0, 3)
  await dbloss(['predict', model, ...shown.map(({ fileName }) => join(pictures, 'test', fileName))])
  const names = shown.map((picture) => picture.shown.map((index) => thingNames[index]).join(' + '))
  console.log(`They show: ${names.join('; ')}`)
  const rarest = test.find(({ shown }) => shown.includes(thingNames.length - 1))!
  const example = join(pictures, 'test', rarest.fileName)
  console.log(`\nWhat to type next:
  npx -y pnpm@10.34.9 dbloss report ${model}
  npx -y pnpm@10.34.9 dbloss predict ${model} ${example} --top-k 5
  npx -y pnpm@10.34.9 dbloss train --help
Where the package dbloss is installed, this is: npx dbloss report …, and so on`)
}

function drawChart(file: string, main: RunResult, baseline: RunResult): Promise<void> {
  const counts = trainingCounts()
  return writeChart(file, {
    title: 'Average precision in percent, from frequent to rare',
    series: ['BCE, uniform', 'Distribution-Balanced, class-aware'],
    groups: thingNames.map((name, rank) => ({
      name,
      note: `n = ${counts[rank]}`,
      values: [baseline.averagePrecision[name]!, main.averagePrecision[name]!],
    })),
  })
}

/** Runs the command line and shows what would be typed. */
function dbloss(argv: readonly string[]): Promise<number> {
  signal.throwIfAborted()
  console.log(pc.cyan(`$ dbloss ${argv.join(' ')}`))
  return run(argv, { stdout: process.stdout, stderr: process.stderr, signal })
}

function say(step: number, text: string): void {
  console.log(`\n${pc.bold(`[${step}/5] ${text}`)}`)
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}
