import { isLossName, type LongTailMetrics, namedLosses } from '@dbloss/core'
import type { Colours } from './io.ts'
import { publishedRuns } from './recipes/published-runs.ts'
import { type RecipeName, recipes } from './recipes/recipes.ts'
import { createTable } from './tables.ts'

const columns = { all: 'mAP', head: 'head', medium: 'medium', tail: 'tail' } as const

/** What of a run is compared with the paper. */
interface MeasuredRun {
  readonly loss: string
  readonly sampler: string
  readonly metrics: Pick<LongTailMetrics, 'map'>
}

/** The published numbers of a recipe, in percent, each with that of the run that has the same loss and sampler. */
export function publishedTable(name: RecipeName, runs: readonly MeasuredRun[], colours: Colours): string {
  const splits = Object.keys(columns) as (keyof typeof columns)[]
  const titles = splits.flatMap((split) => [`${columns[split]}\nhere`, `${columns[split]}\npaper`])
  const table = createTable(['paper', 'loss', 'sampler', ...titles], 3, colours)
  for (const { method, loss, sampler, map: paper } of publishedRuns(recipes[name])) {
    const here = runs.find((run) => run.sampler === sampler && titleOf(run.loss) === titleOf(loss))?.metrics.map
    table.push([
      method,
      loss,
      sampler,
      ...splits.flatMap((split) => [percent(here?.[split], 1), percent(paper[split], 2)]),
    ])
  }
  return table.toString()
}

/** Two names may stand for one loss. */
function titleOf(loss: string): string {
  return isLossName(loss) ? namedLosses[loss].title : loss
}

function percent(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : (100 * value).toFixed(digits)
}
