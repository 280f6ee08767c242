import * as Plot from '@observablehq/plot'
import { foldedTable } from '../data-table.ts'
import { counted, isolated, percent, shortened, whole } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { section } from '../section.ts'
import { labelWidth, responsive, svg } from '../svg.ts'

/** How steep the names of columns are. */
const slope = Math.PI / 3

/** So many classes fit on a narrow window. */
const narrowCount = 10

/** Which labels come together; nothing where there is one label only. */
export function coOccurrenceSection({ classes, companions }: ReportNumbers): Html | false {
  if (classes.length === 1) return false
  const { source, pictureCount, pairs } = companions
  const of = source === 'train' ? 'training picture' : 'picture with scores'
  return section(
    'co-occurrence',
    'Which labels come together',
    html`Of the pictures with the label of a column, the share that carry the label of the row too, in
${counted(pictureCount, of)}. The stronger the colour, the more often.`,
    responsive((width) => heatMap({ classes, companions }, width)),
    pairs.length > 0 &&
      foldedTable(`The ${counted(pairs.length, 'pair')} that come together most`, {
        columns: [{ title: 'label' }, { title: 'with' }, { title: 'pictures', number: true }],
        rows: pairs.map(({ classes: [first, second], count }) => [
          name(classes[first]!.name),
          name(classes[second]!.name),
          whole(count),
        ]),
      }),
  )
}

function heatMap({ classes, companions }: Pick<ReportNumbers, 'classes' | 'companions'>, width: number): Html {
  const isNarrow = width < 500
  const count = Math.min(companions.classes.length, isNarrow ? narrowCount : companions.classes.length)
  const places = Array.from({ length: count }, (_, place) => place)
  const nameOf = (place: number): string => classes[companions.classes[place]!]!.name
  const cells = places.flatMap((row) =>
    places
      .filter((column) => column !== row)
      .map((column) => {
        const share = companions.probabilities[row]![column]!
        const title = `${percent(share)} % of the pictures with ${isolated(nameOf(column))} carry ${isolated(nameOf(row))} too`
        return { row, column, share, title, text: share < 0.005 ? '' : (100 * share).toFixed(0) }
      }),
  )
  const room = isNarrow ? 14 : 24
  const labels = places.map((place) => shortened(nameOf(place), room))
  const labelLength = labelWidth(labels, { fontSize: 11, room })
  const margin = {
    left: labelLength + 12,
    top: labelLength * Math.sin(slope) + 16,
    right: labelLength * Math.cos(slope),
  }
  const side = Math.min((width - margin.left - margin.right) / count, 46)
  const chart = svg('Shares of pictures in which two labels come together', {
    width,
    height: side * count + margin.top,
    marginLeft: margin.left,
    marginRight: width - margin.left - side * count,
    marginTop: margin.top,
    marginBottom: 0,
    style: { fontSize: '11px' },
    x: { domain: places, type: 'band', label: null, padding: 0.06 },
    y: { domain: places, type: 'band', label: null, padding: 0.06 },
    marks: [
      Plot.axisX({
        anchor: 'top',
        tickRotate: (-slope * 180) / Math.PI,
        tickSize: 0,
        tickFormat: (place: number) => isolated(labels[place]!),
      }),
      Plot.axisY({ tickSize: 0, tickFormat: (place: number) => isolated(labels[place]!) }),
      Plot.cell(places, {
        x: (place: number) => place,
        y: (place: number) => place,
        fill: 'var(--line)',
        fillOpacity: 0.5,
      }),
      // Over the page, so that no share is the page in dark and light.
      Plot.cell(cells, { x: 'column', y: 'row', fill: 'var(--accent)', fillOpacity: 'share', title: 'title' }),
      Plot.text(cells, {
        x: 'column',
        y: 'row',
        text: 'text',
        fontSize: isNarrow ? 9 : 10,
        fillOpacity: 0.9,
        pointerEvents: 'none',
      }),
    ],
    opacity: { type: 'identity' },
  })
  return html`${count < classes.length && html`<p class="note">The ${count} most frequent labels.</p>`}${chart}`
}
