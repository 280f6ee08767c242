import type { ComparedLoss, TaskComparison } from './compare-losses.ts'

const colours = { uniform: '#6b7785', 'class-aware': '#c8324b' } as const
const [left, right, top, rowHeight, plotWidth] = [190, 24, 56, 20, 470]

/** An SVG with a line for each loss: points of mAP above BCE with uniform sampling, with the paired 95 % interval of both samplers. */
export function intervalChart({ title, cells }: TaskComparison): string {
  const losses = [...new Set(byGain(cells).map((cell) => cell.title))]
  const ends = cells.flatMap(({ gain }) => [...gain.interval])
  const [low, high] = [Math.floor(Math.min(...ends)), Math.ceil(Math.max(...ends))]
  const x = (points: number): number => left + ((points - low) / (high - low)) * plotWidth
  const height = top + losses.length * rowHeight + 34
  const bottom = height - 30
  const step = high - low > 16 ? 5 : high - low > 6 ? 2 : 1
  const ticks = Array.from({ length: high - low + 1 }, (_, index) => low + index).filter((tick) => tick % step === 0)
  const rows = losses.map((name, row) => {
    const y = top + (row + 0.5) * rowHeight
    const own = cells.filter((cell) => cell.title === name)
    return `<text x="${left - 10}" y="${y + 4}" text-anchor="end" fill="#222">${escaped(name)}</text>${own.map((cell) => mark(cell, x, y)).join('')}`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + plotWidth + right} ${height}" font-family="sans-serif" font-size="12" role="img">
<title>${escaped(`${title}: points of mAP above BCE`)}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${left}" y="20" font-weight="bold" fill="#222">Points of mAP above BCE with uniform sampling, 95 %</text>
${(['uniform', 'class-aware'] as const).map((sampler, index) => `<circle cx="${left + 6 + index * 90}" cy="38" r="4" fill="${colours[sampler]}"/><text x="${left + 16 + index * 90}" y="42" fill="#222">${sampler}</text>`).join('')}
${ticks.map((tick) => `<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${top}" y2="${bottom}" stroke="${tick === 0 ? '#222' : '#ddd'}"/><text x="${round(x(tick))}" y="${bottom + 18}" text-anchor="middle" fill="#555">${tick < 0 ? `−${-tick}` : tick}</text>`).join('\n')}
${rows.join('\n')}
</svg>
`
}

function mark({ sampler, gain }: ComparedLoss, x: (points: number) => number, middle: number): string {
  const y = middle + (sampler === 'uniform' ? -3.5 : 3.5)
  const colour = colours[sampler as keyof typeof colours]
  const [lower, upper] = gain.interval
  return `<line x1="${round(x(lower))}" x2="${round(x(upper))}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="1.5"/><circle cx="${round(x(gain.estimate))}" cy="${y}" r="3" fill="${colour}"/>`
}

/** The largest gain of a loss decides where its line is. */
function byGain(cells: readonly ComparedLoss[]): ComparedLoss[] {
  return [...cells].sort((a, b) => b.gain.estimate - a.gain.estimate)
}

const round = (value: number): string => value.toFixed(1)
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
