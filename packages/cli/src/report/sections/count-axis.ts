import * as Plot from '@observablehq/plot'
import { whole } from '../format.ts'

/** From the smallest to the largest number on an axis. */
export type CountDomain = readonly [lowest: number, highest: number]

/** A logarithmic axis of numbers of pictures: a tick and a line at each power of ten. */
export function countAxis(
  along: 'x' | 'y',
  [lowest, highest]: CountDomain,
  options: Plot.AxisXOptions & Plot.AxisYOptions,
): Plot.Markish[] {
  const ticks: number[] = []
  for (let count = 1; count <= highest; count *= 10) if (count >= lowest) ticks.push(count)
  const shared = { ticks, tickFormat: whole, ...options }
  return along === 'x' ? [Plot.gridX({ ticks }), Plot.axisX(shared)] : [Plot.gridY({ ticks }), Plot.axisY(shared)]
}
