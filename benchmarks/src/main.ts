/** Times the loss and the head step side by side: the ONNX graph, a plain JavaScript loop, and PyTorch where it is installed. */
import { cpus } from 'node:os'
import { distributionBalancedLoss } from '@dbloss/core'
import { adamW, createHeadTrainer, onnxAdapter } from '@dbloss/onnx-training'
import Table from 'cli-table3'
import * as ort from 'onnxruntime-node'
import { benchmarkBatch, measured } from './data.ts'
import { medianMilliseconds } from './median.ts'
import { type BenchmarkCases, torchTimes } from './peer.ts'
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
    [256, 768, 80, 30],
    [256, 768, 1000, 11],
  ],
}
const sessionOptions = { intraOpNumThreads: cases.threads }

interface Row {
  readonly name: string
  readonly onnx: number
  readonly plain: number
}

async function lossRow(batchSize: number, classCount: number, repeats: number): Promise<Row> {
  const { logits, labels, statistics } = benchmarkBatch(batchSize, classCount)
  const loss = distributionBalancedLoss(statistics, { ...measured, hardLabels: true })
  const compiled = await onnxAdapter({ ort, sessionOptions }).compile(loss)
  const plain = plainLoop(statistics)
  const gradient = new Float32Array(logits.length)
  const row = {
    name: `loss ${batchSize}x${classCount}`,
    onnx: await medianMilliseconds(() => compiled.evaluate({ logits, labels, batchSize }), repeats),
    plain: await medianMilliseconds(() => plain(logits, labels, batchSize, gradient), repeats),
  }
  const { value } = await compiled.evaluate({ logits, labels, batchSize })
  const expected = plain(logits, labels, batchSize, gradient)
  if (Math.abs(value - expected) > 1e-4 * Math.abs(expected))
    throw new Error(`${row.name}: ${value} is not ${expected}`)
  await compiled.dispose?.()
  return row
}

async function headRow(batchSize: number, featureCount: number, classCount: number, repeats: number): Promise<Row> {
  const { labels, statistics } = benchmarkBatch(batchSize, classCount)
  const features = benchmarkBatch(batchSize, featureCount).logits
  const loss = distributionBalancedLoss(statistics, { ...measured, hardLabels: true })
  const trainer = await createHeadTrainer({ ort, loss, featureCount, classCount, optimizer: adamW(), sessionOptions })
  const plainStep = plainHead(featureCount, classCount)
  const plainLoss = plainLoop(statistics)
  const row = {
    name: `head ${featureCount}x${classCount}`,
    onnx: await medianMilliseconds(() => trainer.step({ features, labels, batchSize }), repeats),
    plain: await medianMilliseconds(
      () => plainStep(features, batchSize, (logits, dLogits) => plainLoss(logits, labels, batchSize, dLogits)),
      Math.min(repeats, 5),
    ),
  }
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
  console.error(`timing the head ${featureCount}x${classCount} …`)
  rows.push(await headRow(batchSize, featureCount, classCount, repeats))
}
console.error('timing PyTorch …')
const torch = torchTimes(cases)

const table = new Table({
  head: ['', 'ONNX graph, ms', 'plain JS loop, ms', 'PyTorch, ms', 'plain / ONNX', 'PyTorch / ONNX'],
  style: { head: [], border: [] },
  colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
})
for (const { name, onnx, plain } of rows) {
  const peer = torch?.ms[name]
  table.push([
    name,
    onnx.toFixed(3),
    plain.toFixed(3),
    peer?.toFixed(3) ?? 'not installed',
    `${(plain / onnx).toFixed(2)}×`,
    peer === undefined ? '' : `${(peer / onnx).toFixed(2)}×`,
  ])
}
console.log(table.toString())
console.log(
  torch === undefined
    ? 'PyTorch: not installed for python3'
    : `PyTorch ${torch.version}, ${torch.threads} threads, matrix products by ${torch.matrixProducts}`,
)
