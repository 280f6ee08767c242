import type { LabelStatistics } from '@dbloss/core'
import { drawBarChart } from './bar-chart.ts'
import { keepDrawn } from './chart-frame.ts'
import type { Measured } from './curves.ts'
import { html } from './elements.ts'
import { drawLegend } from './legend.ts'
import { splitLegend, splitNames } from './splits.ts'

/**
 * How frequent each kind is, and below it how well each model finds it.
 *
 * @returns a function to call when there is more to show.
 */
export function showClassCharts(
  container: Element,
  { statistics, models }: { statistics: LabelStatistics; models: readonly Measured[] },
): () => void {
  const { classCounts, classNames = [] } = statistics
  const splits = splitNames(statistics)
  const [counts, precisions] = [html('div', { class: 'chart' }), html('div', { class: 'chart' })]
  const drawCounts = (width: number) =>
    drawBarChart(
      {
        title: 'Training pictures of each kind',
        unit: 'pictures',
        ticks: [0, 100, 200, 300, 400],
        groups: classNames.map((name, index) => ({
          name,
          bars: [{ value: classCounts[index]!, className: splits[index]!, label: `${classCounts[index]}` }],
        })),
      },
      width,
    )
  const drawPrecisions = (width: number) =>
    drawBarChart(
      {
        title: 'Average precision of each kind',
        unit: 'AP, %',
        ticks: [0, 25, 50, 75, 100],
        groups: classNames.map((name, index) => ({
          name,
          bars: models.map(({ className, history }) => ({
            value: 100 * (history.at(-1)?.averagePrecision[index] ?? 0),
            className,
          })),
        })),
      },
      width,
    )
  const redraws = [keepDrawn(counts, drawCounts), keepDrawn(precisions, drawPrecisions)]
  container.replaceChildren(
    html('h2', {}, 'How many training pictures show each thing'),
    drawLegend(splitLegend),
    counts,
    html('h2', {}, 'How well each thing is found in test pictures'),
    drawLegend(models),
    precisions,
  )
  return () => {
    for (const redraw of redraws) redraw()
  }
}
