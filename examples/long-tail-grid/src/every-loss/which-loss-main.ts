/**
 * Writes docs/which-loss.md and its pictures from docs/data/every-loss.json. `--check` fails when they differ from what would be
 * written.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EveryLossResults } from './compare-losses.ts'
import { intervalChart } from './interval-chart.ts'
import { whichLossPage } from './which-loss-page.ts'

const docs = fileURLToPath(new URL('../../../../docs/', import.meta.url))
const results = JSON.parse(readFileSync(`${docs}data/every-loss.json`, 'utf8')) as EveryLossResults
const files: Readonly<Record<string, string>> = {
  'which-loss.md': whichLossPage(results),
  ...Object.fromEntries(results.tasks.map((task) => [`pictures/every-loss-${task.name}.svg`, intervalChart(task)])),
}
for (const [name, text] of Object.entries(files)) {
  const file = `${docs}${name}`
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
    console.log(`wrote docs/${name}`)
  } else if (existsSync(file) && readFileSync(file, 'utf8') === text) {
    console.log(`docs/${name} says what was measured`)
  } else {
    console.error(`docs/${name} differs from docs/data/every-loss.json; run pnpm docs:which-loss`)
    process.exitCode = 1
  }
}
