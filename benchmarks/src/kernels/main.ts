/** Times compiled kernels beside one written by hand, plain JavaScript loops and PyTorch, all on one thread. */
import { cpus } from 'node:os'
import Table from 'cli-table3'
import { benchmarkBatch } from '../data.ts'
import { median } from '../median.ts'
import { distributionBalancedCase, kernelCases, sizes } from './cases.ts'
import { compileTimes } from './compile-time.ts'
import { measureInProcess } from './measure-in-process.ts'
import type { ContenderName } from './measure-size.ts'
import { findTorch } from './torch-process.ts'
import { ratio, type Times } from './turns.ts'

const dash = '–'

interface SizeTimes {
  readonly batchSize: number
  readonly classCount: number
  readonly times: Times<ContenderName>
}

const sizeName = ({ batchSize, classCount }: SizeTimes): string => `${batchSize}×${classCount}`

function print(name: string, results: readonly SizeTimes[]): void {
  const table = new Table({
    head: [
      name,
      'kernel',
      'by hand',
      'plain JS',
      'PyTorch',
      'memory',
      'kernel / hand',
      'plain / kernel',
      'PyTorch / kernel',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array.from({ length: 8 }, () => 'right' as const)],
  })
  for (const result of results) {
    const { batchSize, classCount, times } = result
    const nanoseconds = (contender: ContenderName): string => {
      const seconds = times.get(contender)
      return seconds === undefined ? dash : ((median(seconds) * 1e9) / (batchSize * classCount)).toFixed(2)
    }
    table.push([
      sizeName(result),
      ...(['kernel', 'handWritten', 'plain', 'torch', 'memory'] as const).map(nanoseconds),
      ratio(times, 'kernel', 'handWritten')?.toFixed(2) ?? dash,
      ratio(times, 'plain', 'kernel')?.toFixed(2) ?? dash,
      ratio(times, 'torch', 'kernel')?.toFixed(2) ?? dash,
    ])
  }
  console.log(table.toString())
}

function printFigure(name: string, value: number, isReached: boolean, wanted: string): void {
  console.log(`${isReached ? 'reached' : 'missed '}  ${name}: ${value.toFixed(2)}, wanted ${wanted}`)
}

function printFigures(results: readonly SizeTimes[]): void {
  for (const result of results) {
    const { times } = result
    const isSmallest = result === results[0]
    const atLeast = (name: string, value: number | undefined, wanted: number): void => {
      if (value === undefined) return
      printFigure(`${sizeName(result)}, times as fast as ${name}`, value, value >= wanted, `at least ${wanted}`)
    }
    atLeast('PyTorch', ratio(times, 'torch', 'kernel'), isSmallest ? 20 : 3)
    atLeast('the plain loop', ratio(times, 'plain', 'kernel'), isSmallest ? 3 : 5)
    const byHand = ratio(times, 'kernel', 'handWritten')!
    printFigure(`${sizeName(result)}, time over that of the one by hand`, byHand, byHand <= 1.15, 'at most 1.15')
  }
}

const compile = compileTimes(benchmarkBatch(32, 20).statistics)
const torch = findTorch()
console.log('Value and gradient in float32, hard labels, one thread: nanoseconds per element, and ratios of times.')
console.log(
  'Each time is the least of a turn of 0.05 s; times and ratios are medians over 7 rounds in which all take turns.',
)
console.log('Memory: reading and writing as many bytes (12 an element) without computing a loss.')
console.log(
  `Node ${process.version}, ${torch === undefined ? 'no PyTorch' : `PyTorch ${torch.version}`}, ${cpus()[0]?.model ?? 'unknown CPU'}`,
)
const results = new Map<string, SizeTimes[]>()
for (const { name } of kernelCases) {
  const ofCase = sizes.map(([batchSize, classCount]): SizeTimes => {
    console.error(`timing ${name} at ${batchSize}x${classCount} …`)
    return { batchSize, classCount, times: measureInProcess({ name, batchSize, classCount, torch }) }
  })
  results.set(name, ofCase)
  print(name, ofCase)
}

console.log(`\n${distributionBalancedCase.name}:`)
printFigures(results.get(distributionBalancedCase.name)!)
for (const [which, { program, module }] of [
  ['the first kernel of the process', compile.first],
  ['later kernels (median)', compile.later],
] as const) {
  printFigure(`compiling ${which}, ms`, module, module < 20, 'under 20')
  printFigure(`and with deriving its formulas, ms`, program + module, program + module < 20, 'under 20')
}
console.log(`its module has ${compile.moduleSize} bytes`)
