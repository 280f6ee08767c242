/** Times the loss and the head step side by side: the ONNX graph, a plain JavaScript loop, and PyTorch where it is installed. */
import { cpus } from 'node:os'
import { distributionBalancedLoss } from '@dbloss/core'
import { adamW, createHeadTrainer, onnxAdapter } from '@dbloss/onnx-training'
import { compileKernel } from '@dbloss/wasm'
import Table from 'cli-table3'
import * as ort from 'onnxruntime-node'
import { benchmarkBatch, measured } from './data.ts'
import { median, medianMilliseconds } from './median.ts'
import { type BenchmarkCases, type TorchTimes, torchTimes } from './peer.ts'
import { plainHead } from './plain-head.ts'
import { plainLoop } from './plain-loop.ts'

const cases: BenchmarkCases = {
  threads: Math.min(2, cpus().length),
  losses: [
    [32, 20, 500],
    [256, 80, 200],
    [128, 1000, 60],
    [64, 18211, 11],
  ],
  heads: [
    [256, 768, 80, 60],
    [256, 768, 1000, 40],
  ],
}
/** ONNX Runtime and PyTorch take turns, so that both meet the same moments of a machine that others use too. */
const rounds = 5
const sessionOptions = { intraOpNumThreads: cases.threads }

interface Row {
  readonly name: string
  readonly onnx: number
  readonly plain: number
  readonly torch: number | undefined
  /** How many times as fast as PyTorch: the median over the rounds. */
  readonly ratio: number | undefined
}

let torchVersion: Omit<TorchTimes, 'ms'> | undefined

async function inTurns(
  name: string,
  plain: number,
  own: () => Promise<number>,
  peer: Partial<BenchmarkCases>,
): Promise<Row> {
  const onnx: number[] = []
  const torch: number[] = []
  for (let round = 0; round < rounds; round++) {
    onnx.push(await own())
    torchVersion = torchTimes({ threads: cases.threads, losses: [], heads: [], ...peer }, (ms) => torch.push(ms))
    if (torchVersion === undefined) break
  }
  const hasPeer = torch.length > 0
  return {
    name,
    onnx: median(onnx),
    plain,
    torch: hasPeer ? median(torch) : undefined,
    ratio: hasPeer ? median(torch.map((ms, round) => ms / onnx[round]!)) : undefined,
  }
}

async function lossRow(batchSize: number, classCount: number, repeats: number): Promise<Row> {
  const { logits, labels, statistics } = benchmarkBatch(batchSize, classCount)
  const loss = distributionBalancedLoss(statistics, { ...measured, hardLabels: true })
  const compiled = await onnxAdapter({ ort, sessionOptions }).compile(loss)
  const plain = plainLoop(statistics)
  const gradient = new Float32Array(logits.length)
  const row = await inTurns(
    `loss ${batchSize}x${classCount}`,
    await medianMilliseconds(() => plain(logits, labels, batchSize, gradient), repeats),
    () => medianMilliseconds(() => compiled.evaluate({ logits, labels, batchSize }), repeats),
    { losses: [[batchSize, classCount, repeats]] },
  )
  const { value } = await compiled.evaluate({ logits, labels, batchSize })
  const expected = plain(logits, labels, batchSize, gradient)
  if (Math.abs(value - expected) > 1e-4 * Math.abs(expected))
    throw new Error(`${row.name}: ${value} is not ${expected}`)
  await compiled.dispose?.()
  return row
}

async function headRow(
  batchSize: number,
  featureCount: number,
  classCount: number,
  repeats: number,
  lossBy: 'graph' | 'kernel',
): Promise<Row> {
  const { labels, statistics } = benchmarkBatch(batchSize, classCount)
  const features = benchmarkBatch(batchSize, featureCount).logits
  const loss = distributionBalancedLoss(statistics, { ...measured, hardLabels: true })
  const trainer = await createHeadTrainer({
    ...{ ort, loss, featureCount, classCount, optimizer: adamW(), sessionOptions },
    ...(lossBy === 'kernel' ? { kernel: compileKernel(loss, { labels: 'hard' }) } : {}),
  })
  const plainStep = plainHead(featureCount, classCount)
  const plainLoss = plainLoop(statistics)
  const row = await inTurns(
    `head ${featureCount}x${classCount}, loss by a ${lossBy}`,
    await medianMilliseconds(
      () => plainStep(features, batchSize, (logits, dLogits) => plainLoss(logits, labels, batchSize, dLogits)),
      3,
    ),
    () => medianMilliseconds(() => trainer.step({ features, labels, batchSize }), repeats),
    { heads: [[batchSize, featureCount, classCount, repeats]] },
  )
  await trainer.dispose()
  return row
}

console.log('DB-Focal, value and gradient in float32; head: forward, loss, backward and AdamW at batch 256.')
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cases.threads} threads for ONNX Runtime and PyTorch\n`,
)
const rows: Row[] = []
for (const [batchSize, classCount, repeats] of cases.losses) {
  console.error(`timing the loss at ${batchSize}x${classCount} …`)
  rows.push(await lossRow(batchSize, classCount, repeats))
}
for (const [batchSize, featureCount, classCount, repeats] of cases.heads) {
  for (const lossBy of ['graph', 'kernel'] as const) {
    console.error(`timing the head ${featureCount}x${classCount}, loss by a ${lossBy} …`)
    rows.push(await headRow(batchSize, featureCount, classCount, repeats, lossBy))
  }
}

const table = new Table({
  head: ['', 'ONNX graph, ms', 'plain JS loop, ms', 'PyTorch, ms', 'plain / ONNX', 'PyTorch / ONNX'],
  style: { head: [], border: [] },
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
})
for (const { name, onnx, plain, torch, ratio } of rows) {
  table.push([
    name,
    onnx.toFixed(3),
    plain.toFixed(3),
    torch?.toFixed(3) ?? 'not installed',
    `${(plain / onnx).toFixed(2)}×`,
    ratio === undefined ? '' : `${ratio.toFixed(2)}×`,
  ])
}
console.log(table.toString())
console.log(
  torchVersion === undefined
    ? 'PyTorch: not installed for python3'
    : `PyTorch ${torchVersion.version}, ${torchVersion.threads} threads, matrix products by ${torchVersion.matrixProducts}; medians of ${rounds} rounds in turns`,
)
