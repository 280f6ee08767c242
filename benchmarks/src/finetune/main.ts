/**
 * Times fine-tuning of the last two blocks of a ViT-S/16 at 224 beside PyTorch, on the same random weights and the same
 * cores, in turns. Needs a python3 with torch and onnx: PyTorch also exports the model.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'
import { median } from '../median.ts'
import { exportWithTorch, torchScript } from './export-with-torch.ts'
import type { FineTuneRequest, FineTuneTimes, TorchFineTuneTimes } from './request.ts'

const rounds = 3
const request: FineTuneRequest = {
  threads: Math.min(2, cpus().length),
  batchSize: 8,
  classCount: 80,
  repeats: 7,
  trainable: 'encoder\\.layer\\.1[01]\\.|vit\\.layernorm|classifier',
}

const folder = mkdtempSync(join(tmpdir(), 'dbloss-benchmark-'))
const model = join(folder, 'vit-s.onnx')
try {
  console.error('exporting ViT-S/16 …')
  const python = exportWithTorch(model, request.classCount)
  if (python === undefined) console.log('PyTorch: no python3 has torch and onnx; nothing to compare with')
  else compare(python)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function compare(python: string): void {
  const own: FineTuneTimes[] = []
  const torch: TorchFineTuneTimes[] = []
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds} …`)
    own.push(timeOwn())
    torch.push(parse(spawnSync(python, [torchScript], { input: JSON.stringify(request), encoding: 'utf8' })))
  }
  const { version, threads, matrixProducts, trainedParameters } = torch[0]!
  const table = new Table({
    head: ['', 'ms a step', 'peak memory, MiB', 'above the start, MiB'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  const row = (name: string, runs: readonly FineTuneTimes[], ms: (run: FineTuneTimes) => number) => {
    const peak = median(runs.map(({ peakMemoryMiB }) => peakMemoryMiB))
    const above = median(runs.map((run) => run.peakMemoryMiB - run.memoryBeforeModelMiB))
    table.push([name, median(runs.map(ms)).toFixed(0), peak.toFixed(0), above.toFixed(0)])
  }
  row('dbloss', own, ({ ms }) => ms)
  row('dbloss, frozen part kept', own, ({ msPrecomputed }) => msPrecomputed!)
  row('PyTorch', torch, ({ ms }) => ms)
  console.log(
    `Last two blocks of ViT-S/16 at 224, batch ${request.batchSize}, DB-Focal, AdamW, ${trainedParameters} weights`,
  )
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${request.threads} threads`)
  console.log(table.toString())
  const ratio = median(own.map(({ ms }, index) => ms / torch[index]!.ms))
  console.log(`PyTorch ${version}, ${threads} threads, matrix products by ${matrixProducts}`)
  console.log(`dbloss takes ${ratio.toFixed(2)} × the time of PyTorch (median of ${rounds} rounds)`)
}

function timeOwn(): FineTuneTimes {
  const timer = fileURLToPath(new URL('./step-timer.ts', import.meta.url))
  const argument = JSON.stringify({ ...request, model })
  const args = [...process.execArgv, timer, argument]
  return parse(spawnSync(process.execPath, args, { encoding: 'utf8' }))
}

function parse<Times>({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): Times {
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Times
}
