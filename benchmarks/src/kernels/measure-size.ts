import { compileKernel } from '@dbloss/wasm'
import { type BenchmarkBatch, benchmarkBatch } from '../data.ts'
import { requireAgreement } from './agreement.ts'
import { distributionBalancedCase, type KernelCase } from './cases.ts'
import { handWritten } from './hand-written.ts'
import type { TorchProcess } from './torch-process.ts'
import { type Contender, called, inTurns, type Times } from './turns.ts'

/** Who takes turns; the hand-written kernel for DB-Focal only, PyTorch where it is installed. */
export type ContenderName = 'kernel' | 'handWritten' | 'plain' | 'torch' | 'memory'

/** Times a loss with its gradient, after a check that all compute the same. */
export async function measureSize(
  kernelCase: KernelCase,
  batchSize: number,
  classCount: number,
  torch: TorchProcess | undefined,
): Promise<Times<ContenderName>> {
  const batch = benchmarkBatch(batchSize, classCount)
  const { name } = kernelCase
  const kernel = compiled(kernelCase, batch)
  const byHand = handWritten(batch.statistics, batchSize)
  byHand.logits.set(batch.logits)
  byHand.labels.set(batch.labels)
  const plain = kernelCase.plain(batch.statistics)
  const gradient = new Float32Array(batch.logits.length)
  const runPlain = () => plain(batch.logits, batch.labels, batchSize, gradient)
  const hasHandWritten = kernelCase === distributionBalancedCase

  const ours = { value: kernel.evaluate(), gradient: kernel.gradient }
  requireAgreement(`${name}: the plain loop`, ours, { value: runPlain(), gradient })
  if (hasHandWritten) {
    requireAgreement(`${name} by hand`, ours, { value: byHand.evaluate(), gradient: byHand.gradient })
  }
  const contenders = new Map<ContenderName, Contender>([
    ['kernel', called(kernel.evaluate)],
    ['plain', called(runPlain)],
    ['memory', called(byHand.move)],
  ])
  if (hasHandWritten) contenders.set('handWritten', called(byHand.evaluate))
  if (torch !== undefined) {
    await checkTorch(kernelCase, torch)
    contenders.set('torch', (seconds) => torch.ask({ time: name, batch: batchSize, classes: classCount, seconds }))
  }
  return inTurns(contenders)
}

function compiled(
  kernelCase: KernelCase,
  { statistics, classCount, batchSize, logits, labels }: BenchmarkBatch,
): { evaluate: () => number; gradient: Float32Array } {
  const kernel = compileKernel(kernelCase.loss(statistics), { classCount, labels: 'hard' })
  const arrays = kernel.arrays(batchSize)
  arrays.logits.set(logits)
  arrays.labels.set(labels)
  const gradient = arrays.gradient!
  return { evaluate: () => kernel.evaluate(arrays.logits, arrays.labels, gradient), gradient }
}

/** Checks that PyTorch's formula is the kernel's, on a small batch whose rows all have a positive label. */
async function checkTorch(kernelCase: KernelCase, torch: TorchProcess): Promise<void> {
  const batch = benchmarkBatch(32, 20)
  for (let row = 0; row < batch.batchSize; row++) batch.labels[row * batch.classCount] = 1
  const rows = (values: Float32Array): number[][] =>
    Array.from({ length: batch.batchSize }, (_, row) => [
      ...values.subarray(row * batch.classCount, (row + 1) * batch.classCount),
    ])
  const kernel = compiled(kernelCase, batch)
  const theirs = await torch.ask<{ readonly value: number; readonly gradient: number[] }>({
    evaluate: kernelCase.name,
    counts: batch.statistics.classCounts,
    logits: rows(batch.logits),
    labels: rows(batch.labels),
  })
  requireAgreement(`${kernelCase.name} in PyTorch`, { value: kernel.evaluate(), gradient: kernel.gradient }, theirs)
}
