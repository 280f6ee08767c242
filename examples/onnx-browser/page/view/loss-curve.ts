import { heightOf, keepDrawn, type Plot, valueAxis } from '@dbloss/example-tfjs-browser/view/chart-frame'
import { html, svg } from '@dbloss/example-tfjs-browser/view/elements'

const height = 250
/** How much of the smoothed value is kept from step to step. */
const smoothing = 0.85
/** Most points that are drawn. */
const mostPoints = 300

/** What is counted, and what a point is. */
interface LossCurveTexts {
  readonly unit: string
  readonly points: string
}

/**
 * The loss of each step as a point, and their moving average as a curve.
 *
 * @returns a function to call when there is more to show.
 */
export function showLossCurve(
  container: Element,
  losses: readonly number[],
  totalSteps: number,
  { unit, points }: LossCurveTexts = { unit: 'step', points: 'Of each batch' },
): () => void {
  const chart = html('div', { class: 'chart' })
  const redraw = keepDrawn(chart, (width) => drawLoss(losses, totalSteps, width, unit))
  container.replaceChildren(
    html('h2', {}, 'Loss'),
    html('p', { class: 'quiet' }, `${points} as a point, smoothed as a line.`),
    chart,
  )
  return redraw
}

function drawLoss(losses: readonly number[], totalSteps: number, width: number, unit: string): SVGElement {
  const plot: Plot = { left: 40, right: width - 14, top: 26, bottom: height - 34 }
  const ticks = lossTicks(losses)
  const xOf = (step: number) => plot.left + ((plot.right - plot.left) * step) / totalSteps
  const yOf = (loss: number) => heightOf(plot, Math.min(loss, ticks.at(-1)!), ticks.at(-1)!)
  const every = Math.ceil(losses.length / mostPoints)
  const shown = [...losses.keys()].filter((step) => step % every === 0)
  const line = smooth(losses)
  const place = (step: number, value: number) => [xOf(step + 1).toFixed(1), yOf(value).toFixed(1)] as const
  const points = shown.map((step) => {
    const [cx, cy] = place(step, losses[step]!)
    return svg('circle', { cx, cy, r: 2 })
  })
  const label = { x: plot.right + 12, y: height - 3, class: 'tick', 'text-anchor': 'end' }
  return svg(
    'svg',
    { width, height, role: 'img', 'aria-label': `Loss of each ${unit}` },
    valueAxis(plot, ticks, 'loss'),
    svg('text', label, unit),
    ...stepTicks(totalSteps).map((step) =>
      svg('text', { x: xOf(step), y: plot.bottom + 16, class: 'tick', 'text-anchor': 'middle' }, `${step}`),
    ),
    svg('g', { class: 'points' }, ...points),
    svg(
      'g',
      { class: 'curve second' },
      svg('polyline', { points: shown.map((step) => place(step, line[step]!)).join(' ') }),
    ),
  )
}

/** An exponential moving average without the pull of its start. */
function smooth(losses: readonly number[]): number[] {
  let [sum, weight] = [0, 0]
  return losses.map((loss) => {
    sum = smoothing * sum + (1 - smoothing) * loss
    weight = smoothing * weight + (1 - smoothing)
    return sum / weight
  })
}

/** Four equal steps up to a round number that most losses lie below. */
function lossTicks(losses: readonly number[]): number[] {
  const largest = Math.max(0.04, ...losses)
  const unit = 10 ** Math.floor(Math.log10(largest))
  const top = [1, 2, 4, 6, 8, 10].map((factor) => factor * unit).find((candidate) => candidate >= largest)!
  return [0, 1, 2, 3, 4].map((quarter) => Number(((top * quarter) / 4).toPrecision(3)))
}

/** At most 7 steps in distances that are easy to read. */
function stepTicks(totalSteps: number): number[] {
  const distance =
    [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500].find((candidate) => totalSteps / candidate <= 6) ?? 1000
  return Array.from({ length: Math.floor(totalSteps / distance) + 1 }, (_, index) => index * distance)
}
