import { heightOf, type Plot, valueAxis } from './chart-frame.ts'
import { svg } from './elements.ts'

/** A curve: a value an epoch, from 0 to 1. */
export interface Curve {
  readonly title: string
  /** Gives the colour. */
  readonly className: string
  readonly values: readonly number[]
}

/** What {@link drawLineChart} draws. */
export interface LineChart {
  readonly title: string
  readonly curves: readonly Curve[]
  readonly epochs: number
  /** What a random order would reach. */
  readonly chance: number
}

const height = 220

/** Curves over the epochs, in percent. */
export function drawLineChart({ title, curves, epochs, chance }: LineChart, width: number): SVGElement {
  const plot: Plot = { left: 34, right: width - 46, top: 26, bottom: height - 34 }
  const xOf = (epoch: number) => plot.left + ((plot.right - plot.left) * epoch) / epochs
  const yOf = (share: number) => heightOf(plot, 100 * share, 100)
  const chanceY = yOf(chance)
  return svg(
    'svg',
    { width, height, role: 'img', 'aria-label': title },
    valueAxis(plot, [0, 25, 50, 75, 100], 'mAP, %'),
    ...epochTicks(epochs).map((epoch) =>
      svg('text', { x: xOf(epoch), y: plot.bottom + 16, class: 'tick', 'text-anchor': 'middle' }, `${epoch}`),
    ),
    svg('text', { x: plot.right, y: height - 3, class: 'tick', 'text-anchor': 'end' }, 'epoch'),
    svg('line', { x1: plot.left, x2: plot.right, y1: chanceY, y2: chanceY, class: 'chance' }),
    svg('text', { x: plot.right, y: chanceY + 13, class: 'tick', 'text-anchor': 'end' }, 'chance'),
    ...curves.map((curve) => drawCurve(curve, xOf, yOf)),
    ...endLabels(curves, xOf, yOf),
  )
}

function drawCurve(
  { className, values }: Curve,
  xOf: (epoch: number) => number,
  yOf: (share: number) => number,
): Element {
  const points = values.map((value, index) => [xOf(index + 1).toFixed(1), yOf(value).toFixed(1)] as const)
  const dots = points.map(([cx, cy]) => svg('circle', { cx, cy, r: values.length > 40 ? 1.2 : 2.2 }))
  return svg('g', { class: `curve ${className}` }, svg('polyline', { points: points.join(' ') }), ...dots)
}

/** The last values beside the ends of the curves, moved apart where they would overlap. */
function endLabels(
  curves: readonly Curve[],
  xOf: (epoch: number) => number,
  yOf: (share: number) => number,
): SVGElement[] {
  const ends = curves
    .filter(({ values }) => values.length > 0)
    .map(({ className, values }) => ({ className, x: xOf(values.length), share: values.at(-1)! }))
    .sort((one, other) => other.share - one.share)
  let previous = Number.NEGATIVE_INFINITY
  return ends.map(({ className, x, share }) => {
    previous = Math.max(yOf(share) + 4, previous + 14)
    return svg('text', { x: x + 7, y: previous, class: `value ${className}` }, (100 * share).toFixed(1))
  })
}

/** At most 6 epochs in steps that are easy to read. */
function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((candidate) => epochs / candidate <= 6) ?? 200
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, index) => index * step)
}
