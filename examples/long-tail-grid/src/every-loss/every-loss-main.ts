/**
 * A linear head with every named loss and both samplers, on Corel 5k, bibtex and long-tailed subsets of natural scenes: mean average
 * precision by split with confidence intervals, F1 and time. Reads the data from the folder that DBLOSS_REAL_DATA names, prints
 * the tables and writes docs/data/every-loss.json, from which docs/which-loss.md is made.
 *
 * Scores of finished trainings are kept in reports/every-loss until the end: a run that was ended goes on where it was, so delete
 * them when a loss has changed meanwhile.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchmarkTasks } from './benchmark-tasks.ts'
import { compareLosses, type EveryLossResults, environment } from './compare-losses.ts'
import { comparisonTable } from './comparison-table.ts'
import { stepTimes } from './step-times.ts'
import { sweepMu } from './sweep-mu.ts'
import { everyLoss, trainEveryLoss } from './train-every-loss.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') {
  console.error('real data not present: set DBLOSS_REAL_DATA to its folder')
  process.exitCode = 1
} else {
  const say = (text: string) => console.error(`… ${text}`)
  const folder = join(root, 'reports/every-loss')
  const results: EveryLossResults = { ...environment(), tasks: [] }
  for await (const task of benchmarkTasks(realData, say)) {
    const trained = await trainEveryLoss(task, folder, say)
    say(`${task.name}: times and intervals`)
    const comparison = compareLosses(task, trained, await stepTimes(task.runs[0]!, everyLoss))
    console.log(`\n${task.title}\n${comparisonTable(comparison)}`)
    results.tasks.push({ ...comparison, mu: await sweepMu(task, folder, say) })
  }
  const file = join(root, 'docs/data/every-loss.json')
  mkdirSync(join(root, 'docs/data'), { recursive: true })
  writeFileSync(`${file}.partial`, `${JSON.stringify(results, null, 1)}\n`)
  renameSync(`${file}.partial`, file)
  rmSync(folder, { recursive: true })
  console.log('\nwrote docs/data/every-loss.json; `pnpm docs:which-loss` makes docs/which-loss.md of it')
}
