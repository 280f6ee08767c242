/** Times the loss with its gradient in TensorFlow.js on every backend of this machine, beside TensorFlow.js's own differentiation. */
import { cpus } from 'node:os'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import Table from 'cli-table3'
import { bundle } from '../../../test-support/bundle.ts'
import { findChromium, withPage } from '../../../test-support/chromium.ts'
import { installNodeWebGpu } from '../../../test-support/node-webgpu.ts'
import { type Budget, contenders, measuredDevice, measureSize, type SizeTimes } from './measure-backend.ts'

const sizes = [
  [32, 20],
  [256, 80],
  [128, 1000],
  [64, 18211],
] as const
/** How many times as fast as autodiff the loss has to be where a fused kernel computes it, copies included. */
const goals: Readonly<Record<string, number>> = { cpu: 10, wasm: 4 }
const budget: Budget = { seconds: 8, minimumRounds: 3, maximumRounds: 100 }

function print(title: string, results: readonly SizeTimes[]): void {
  const [, ...others] = contenders
  const table = new Table({
    head: [title, 'dbloss, ms', ...others.map((name) => `${name} / dbloss`)],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', ...others.map(() => 'right' as const)],
  })
  for (const { batchSize, classCount, ms, ratios } of results) {
    table.push([`${batchSize}x${classCount}`, ms.dbloss.toFixed(2), ...others.map((name) => ratios[name].toFixed(2))])
  }
  console.log(table.toString())
}

async function measureInNode(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`${backend} cannot start`)
  console.log(`\nNode, ${await measuredDevice()}`)
  const results: SizeTimes[] = []
  for (const [batchSize, classCount] of sizes) {
    console.error(`timing ${backend} at ${batchSize}x${classCount} …`)
    results.push(await measureSize(batchSize, classCount, budget))
  }
  print(backend, results)
  checkGoal(backend, results)
}

/** From 256×80 up; smaller batches are mostly the work of TensorFlow.js around the loss. */
function checkGoal(backend: string, results: readonly SizeTimes[]): void {
  const goal = goals[backend]
  if (goal === undefined) return
  const ratios = results
    .filter(({ batchSize, classCount }) => batchSize * classCount >= 256 * 80)
    .map(({ ratios: { autodiff } }) => autodiff)
  const least = Math.min(...ratios)
  console.log(`From 256x80 up at least ${least.toFixed(1)} times as fast as autodiff; the goal is ${goal}.`)
  if (least < goal) process.exitCode = 1
}

async function measureInChromium(backend: string): Promise<void> {
  const script = await bundle(new URL('./page.ts', import.meta.url))
  const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>'
  await withPage({ pages: { '/index.html': html, '/page.js': script } }, async (page) => {
    await page.waitForFunction(() => 'measureOneSize' in globalThis)
    console.log(`\nChromium, ${await page.evaluate((name) => globalThis.startBackend(name), backend)}`)
    const results: SizeTimes[] = []
    for (const [batchSize, classCount] of sizes) {
      console.error(`timing ${backend} in Chromium at ${batchSize}x${classCount} …`)
      const parameters = { batchSize, classCount, budget }
      results.push(
        await page.evaluate(
          (given) => globalThis.measureOneSize(given.batchSize, given.classCount, given.budget),
          parameters,
        ),
      )
    }
    print(`${backend}, Chromium`, results)
  })
}

console.log(
  'DB-Focal, value and gradient in float32, read back. Ratios are medians over rounds in which all take turns; above 1 dbloss is faster.',
)
console.log(`Node ${process.version}, TensorFlow.js ${tf.version.tfjs}, ${cpus()[0]?.model ?? 'unknown CPU'}`)
const [only] = process.argv.slice(2)
const isWanted = (name: string): boolean => only === undefined || only === name
for (const backend of ['cpu', 'wasm']) if (isWanted(backend)) await measureInNode(backend)
if (isWanted('webgpu')) {
  const missing = await installNodeWebGpu()
  if (missing === undefined) {
    await import('@tensorflow/tfjs-backend-webgpu')
    await measureInNode('webgpu')
  } else console.log(`\nNode, webgpu: not installed (${missing})`)
}
if (isWanted('chromium')) {
  if (findChromium() === undefined) console.log('\nChromium: not installed')
  else for (const backend of ['webgl', 'webgpu']) await measureInChromium(backend)
}
