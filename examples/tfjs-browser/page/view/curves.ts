import type { LongTailMetrics, SplitMeans } from '@dbloss/core'
import { keepDrawn } from './chart-frame.ts'
import { html } from './elements.ts'
import { drawLegend, type LegendEntry } from './legend.ts'
import { drawLineChart } from './line-chart.ts'

/** The measurements of one model, an epoch each. */
export interface Measured extends LegendEntry {
  readonly history: readonly LongTailMetrics[]
}

const titles: Readonly<Record<keyof SplitMeans, string>> = {
  tail: 'Rare things (tail)',
  medium: 'Less frequent things (medium)',
  head: 'Frequent things (head)',
  all: 'All things',
}

/**
 * A chart for each part of the long tail, the tail first.
 *
 * @returns a function to call when there is more to show.
 */
export function showCurves(
  container: Element,
  { models, epochs, chance }: { models: readonly Measured[]; epochs: number; chance: number },
): () => void {
  const redraws: (() => void)[] = []
  const panels = Object.entries(titles).map(([split, title]) => {
    const chart = html('div', { class: 'chart' })
    const draw = (width: number) => {
      const curves = models.map(({ history, ...entry }) => ({
        ...entry,
        values: history.map(({ map }) => map[split as keyof SplitMeans]),
      }))
      return drawLineChart({ title, curves, epochs, chance }, width)
    }
    redraws.push(keepDrawn(chart, draw))
    return html('div', { class: 'panel', 'data-curves': split }, html('h2', {}, title), drawLegend(models), chart)
  })
  container.replaceChildren(...panels)
  return () => {
    for (const redraw of redraws) redraw()
  }
}
