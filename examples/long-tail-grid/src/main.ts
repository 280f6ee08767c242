/**
 * BCE and Distribution-Balanced loss with both samplers on real long-tailed data: linear heads on the features of photographs,
 * and on Corel 5k. Reads the data from the folder that DBLOSS_REAL_DATA names. Fails when Distribution-Balanced loss does not
 * keep its advantage, which a test in PyTorch has shown on the same data.
 *
 * `--all` takes NT-BCE and DB-Focal too, and photographs also with their features scaled as `fineTune` does by default.
 */
import { parseArgs } from 'node:util'
import type { LossName } from '@dbloss/core'
import { measureStandardization } from '@dbloss/transformers'
import { corel5kGrid } from './corel5k.ts'
import { type Cell, cellOf } from './grid.ts'
import { photographFeatures, photographGrid } from './photographs.ts'
import { gridTable } from './table.ts'

interface Expectation {
  readonly text: string
  readonly found: number
  readonly atLeast: number
  readonly unit: string
}

const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') {
  console.log('real data not present: set DBLOSS_REAL_DATA to its folder')
} else {
  const expectations = await compare(realData)
  for (const { text, found, atLeast, unit } of expectations) {
    const verdict = found >= atLeast ? 'ok' : 'MISSED'
    console.log(`${verdict}  ${text}: ${found.toFixed(2)}${unit}, expected at least ${atLeast}${unit}`)
  }
  if (expectations.some(({ found, atLeast }) => found < atLeast)) process.exitCode = 1
}

async function compare(folder: string): Promise<Expectation[]> {
  const say = (text: string) => console.error(`… ${text}`)
  const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } })
  const losses: readonly LossName[] = values.all ? ['bce', 'nt-bce', 'db', 'db-focal'] : ['bce', 'db']
  const photographs = await photographFeatures(folder, say)
  const standardization = measureStandardization(photographs.pool.features, photographs.featureCount)
  const standardized = await photographGrid(photographs, standardization, losses, say)
  console.log(
    '\nScenes, long-tailed subsets of about 290 photographs, mean over three, mAP on 500 photographs in percent',
  )
  console.log(`Features standardised over all 1,500 photographs\n${gridTable(standardized)}`)
  if (values.all) {
    const byDefault = await photographGrid(photographs, 'rms', losses, say)
    console.log(`Features scaled as fineTune does by default\n${gridTable(byDefault)}`)
  }
  const corel5k = await corel5kGrid(folder, losses, say)
  console.log(`\nCorel 5k, mAP on 500 photographs in percent\n${gridTable(corel5k)}\n`)
  return [...expectedOfPhotographs(standardized), ...expectedOfCorel5k(corel5k)]
}

function expectedOfPhotographs(grid: readonly Cell[]): Expectation[] {
  const points = (loss: Cell['loss'], sampler: Cell['sampler']) => 100 * cellOf(grid, loss, sampler).map.all
  const best = points('db', 'class-aware')
  return [
    {
      text: 'scenes, standardised: DB class-aware above BCE uniform',
      found: best - points('bce', 'uniform'),
      atLeast: 5,
      unit: ' points',
    },
    {
      text: 'scenes, standardised: DB class-aware above BCE class-aware',
      found: best - points('bce', 'class-aware'),
      atLeast: 2,
      unit: ' points',
    },
  ]
}

function expectedOfCorel5k(grid: readonly Cell[]): Expectation[] {
  return (['uniform', 'class-aware'] as const).map((sampler) => ({
    text: `Corel 5k, tail, ${sampler}: DB relative to BCE`,
    found: cellOf(grid, 'db', sampler).map.tail / cellOf(grid, 'bce', sampler).map.tail,
    atLeast: 1.4,
    unit: ' ×',
  }))
}
