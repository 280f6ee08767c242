import { svg } from './elements.ts'

/** The place of the plot inside its drawing, in pixels. */
export interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/**
 * Keeps a chart as wide as its container: it is drawn anew in real pixels, so that its letters stay readable on a phone.
 *
 * @returns a function to call when the data have changed.
 */
export function keepDrawn(container: Element, draw: (width: number) => Element): () => void {
  let drawnWidth = 0
  const redraw = () => {
    drawnWidth = container.clientWidth
    if (drawnWidth > 0) container.replaceChildren(draw(drawnWidth))
  }
  new ResizeObserver(() => {
    if (container.clientWidth !== drawnWidth) redraw()
  }).observe(container)
  return redraw
}

/** The height of a value in the plot. */
export function heightOf({ top, bottom }: Plot, value: number, largest: number): number {
  return bottom - ((bottom - top) * value) / largest
}

/** Horizontal lines with their values, and the name of the axis above them. */
export function valueAxis(plot: Plot, ticks: readonly number[], title: string): SVGElement {
  const largest = ticks.at(-1)!
  const lines = ticks.flatMap((tick) => {
    const y = heightOf(plot, tick, largest)
    return [
      svg('line', { x1: plot.left, x2: plot.right, y1: y, y2: y, class: 'grid' }),
      svg('text', { x: plot.left - 6, y: y + 4, class: 'tick', 'text-anchor': 'end' }, `${tick}`),
    ]
  })
  return svg('g', {}, ...lines, svg('text', { x: 2, y: plot.top - 12, class: 'tick' }, title))
}
