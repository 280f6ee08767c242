import { heightOf, type Plot, valueAxis } from './chart-frame.ts'
import { svg } from './elements.ts'

/** The bars of one kind, beside one another. */
export interface BarGroup {
  readonly name: string
  readonly bars: readonly Bar[]
}

/** One bar. */
export interface Bar {
  readonly value: number
  /** Gives the colour. */
  readonly className: string
  /** Above the bar; default: nothing. */
  readonly label?: string
}

/** What {@link drawBarChart} draws. */
export interface BarChart {
  readonly title: string
  /** Of the value axis. */
  readonly unit: string
  readonly ticks: readonly number[]
  readonly groups: readonly BarGroup[]
}

const height = 230

/** Groups of bars with their names below. */
export function drawBarChart({ title, unit, ticks, groups }: BarChart, width: number): SVGElement {
  const plot: Plot = { left: 34, right: width - 4, top: 26, bottom: height - 52 }
  const groupWidth = (plot.right - plot.left) / groups.length
  const largest = ticks.at(-1)!
  const drawn = groups.map(({ name, bars }, position) => {
    const start = plot.left + position * groupWidth
    const barWidth = Math.min(26, (groupWidth * 0.74) / bars.length)
    const first = start + (groupWidth - barWidth * bars.length) / 2
    const [x, y] = [start + groupWidth / 2, plot.bottom + 12]
    return svg(
      'g',
      {},
      ...bars.map((bar, order) => drawBar(bar, { x: first + order * barWidth, width: barWidth, plot, largest })),
      svg('text', { x, y, class: 'tick', 'text-anchor': 'end', transform: `rotate(-40 ${x} ${y})` }, name),
    )
  })
  return svg('svg', { width, height, role: 'img', 'aria-label': title }, valueAxis(plot, ticks, unit), ...drawn)
}

function drawBar(
  { value, className, label }: Bar,
  { x, width, plot, largest }: { x: number; width: number; plot: Plot; largest: number },
): SVGElement {
  const y = heightOf(plot, value, largest)
  const bar = svg('rect', {
    x: x + 0.5,
    y,
    width: Math.max(1, width - 1),
    height: Math.max(0, plot.bottom - y),
    rx: 2,
    class: className,
  })
  if (label === undefined) return bar
  return svg('g', {}, bar, svg('text', { x: x + width / 2, y: y - 4, class: 'tick', 'text-anchor': 'middle' }, label))
}
