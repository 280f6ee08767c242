import type { Markish } from '@observablehq/plot'
import type { Html } from '../html.ts'
import { chartWidths, svg } from '../svg.ts'

/** A chart of a panel in which both axes go from 0 to 100 %. */
export function percentChart(
  label: string,
  { x, y, height, marks }: { x: string; y: string; height: number; marks: Markish[] },
): Html {
  return svg(label, {
    width: chartWidths.panel,
    height,
    marginLeft: 38,
    marginBottom: 34,
    style: { fontSize: '11px' },
    x: { domain: [0, 100], label: `${x} (%) →`, ticks: 5 },
    y: { domain: [0, 100], label: `↑ ${y} (%)`, grid: true, ticks: 5 },
    marks,
  })
}
