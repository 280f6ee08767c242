import * as Plot from '@observablehq/plot'
import { splitColour, splitLegend } from '../colours.ts'
import { counted, isolated, shortened, whole } from '../format.ts'
import { type Html, html } from '../html.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { section } from '../section.ts'
import { labelWidth, responsive, svg } from '../svg.ts'
import { type CountDomain, countAxis } from './count-axis.ts'

/** With more classes than this the bars are too thin for names. */
const mostNames = 40

/** How often each class occurs in training. */
export function classDistributionSection({ classes, pictures }: ReportNumbers): Html {
  const bars = [...classes.keys()]
    .sort((a, b) => classes[b]!.trainingCount - classes[a]!.trainingCount || a - b)
    .map((index, rank) => {
      const { name, split, trainingCount } = classes[index]!
      const title = `${isolated(name)}: ${counted(trainingCount, 'training picture')} (${split})`
      return { rank, name, trainingCount, colour: splitColour(split), title }
    })
  const empty = bars.filter(({ trainingCount }) => trainingCount === 0).length
  const sizes = (['head', 'medium', 'tail'] as const).map((split) => {
    return `${whole(classes.filter((entry) => entry.split === split).length)} ${split}`
  })
  return section(
    'distribution',
    'How often labels occur',
    html`${counted(classes.length, 'label')} in ${counted(pictures.training, 'training picture')}: ${sizes.join(', ')}. The scale is
logarithmic.${empty > 0 && ` ${counted(empty, 'label')} without a training picture ${empty === 1 ? 'has' : 'have'} no bar.`}`,
    splitLegend(),
    responsive((width) => (bars.length <= mostNames ? namedBars(bars, width) : rankedBars(bars, width))),
  )
}

interface Bar {
  readonly rank: number
  readonly name: string
  readonly trainingCount: number
  readonly colour: string
  readonly title: string
}

/** Below 1, so that a single picture is seen on a logarithmic scale. */
const lowest = 0.7

function countDomain(bars: readonly Bar[]): CountDomain {
  return [lowest, 1.1 * Math.max(...bars.map(({ trainingCount }) => trainingCount), 10)]
}

function countScale(bars: readonly Bar[]): Plot.ScaleOptions {
  return { type: 'log', domain: countDomain(bars), axis: null }
}

function namedBars(bars: readonly Bar[], width: number): Html {
  const room = width < 500 ? 16 : 30
  const labels = bars.map(({ name }) => shortened(name, room))
  return svg('Training pictures of each label, as bars', {
    width,
    height: 20 * bars.length + 64,
    marginLeft: labelWidth(labels, { fontSize: 12, room }) + 14,
    marginRight: 40,
    marginTop: 44,
    style: { fontSize: '12px' },
    x: countScale(bars),
    y: { domain: bars.map(({ rank }) => rank), type: 'band', label: null, padding: 0.2 },
    color: { type: 'identity' },
    marks: [
      ...countAxis('x', countDomain(bars), { anchor: 'top', label: 'training pictures →', labelOffset: 36 }),
      Plot.axisY({ tickSize: 0, tickFormat: (rank: number) => isolated(labels[rank]!) }),
      Plot.rect(withBars(bars), {
        y: 'rank',
        x1: lowest,
        x2: 'trainingCount',
        fill: 'colour',
        title: 'title',
      }),
      Plot.text(bars, {
        y: 'rank',
        x: ({ trainingCount }: Bar) => Math.max(trainingCount, lowest),
        text: ({ trainingCount }: Bar) => whole(trainingCount),
        textAnchor: 'start',
        dx: 4,
      }),
    ],
  })
}

function rankedBars(bars: readonly Bar[], width: number): Html {
  return svg('Training pictures of each label, from the most frequent to the rarest', {
    width,
    height: width < 500 ? 220 : 280,
    marginLeft: 48,
    marginBottom: 36,
    style: { fontSize: '12px' },
    x: { domain: [0, bars.length], label: 'labels by frequency →', ticks: width < 500 ? 5 : 10, tickFormat: whole },
    y: countScale(bars),
    color: { type: 'identity' },
    marks: [
      ...countAxis('y', countDomain(bars), { label: '↑ training pictures' }),
      Plot.rect(withBars(bars), {
        x1: 'rank',
        x2: ({ rank }: Bar) => rank + 1,
        y1: lowest,
        y2: 'trainingCount',
        fill: 'colour',
        // Thin bars overlap, so that no seams are seen between them.
        insetRight: bars.length < width / 6 ? 1 : -0.5,
        shapeRendering: 'crispEdges',
        title: 'title',
      }),
    ],
  })
}

function withBars(bars: readonly Bar[]): Bar[] {
  return bars.filter(({ trainingCount }) => trainingCount > 0)
}
