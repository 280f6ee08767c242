import sharp from 'sharp'

/** One group of bars. */
export interface ChartGroup {
  readonly name: string
  /** Below the name. */
  readonly note: string
  /** One value a series, from 0 to 1. */
  readonly values: readonly number[]
}

const seriesColours = ['#9aa5b1', '#d1495b']
const [barWidth, groupWidth, plotHeight] = [18, 58, 220]
const [left, top, bottom] = [46, 54, 52]

/** Writes a PNG with a group of bars for each class, one bar a series. */
export async function writeChart(
  file: string,
  { title, series, groups }: { title: string; series: readonly string[]; groups: readonly ChartGroup[] },
): Promise<void> {
  const [width, height] = [left + groups.length * groupWidth + 16, top + plotHeight + bottom]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/><text x="${left}" y="20" font-size="15" font-weight="bold">${title}</text>
${legend(series)}${gridLines(width)}${groups.map(bars).join('\n')}</svg>`
  // Twice the size, so that it stays sharp on dense screens.
  await sharp(Buffer.from(svg), { density: 144 }).png().toFile(file)
}

function legend(series: readonly string[]): string {
  return series
    .map((name, index) => {
      const x = left + index * 220
      return `<rect x="${x}" y="30" width="12" height="12" fill="${seriesColours[index]}"/><text x="${x + 18}" y="41">${name}</text>`
    })
    .join('')
}

function gridLines(width: number): string {
  return [0, 25, 50, 75, 100]
    .map((percent) => {
      const y = top + plotHeight * (1 - percent / 100)
      return `<line x1="${left}" x2="${width - 10}" y1="${y}" y2="${y}" stroke="#ddd"/><text x="${left - 8}" y="${y + 4}" text-anchor="end" fill="#666">${percent}</text>`
    })
    .join('')
}

function bars({ name, note, values }: ChartGroup, position: number): string {
  const x = left + position * groupWidth + (groupWidth - values.length * barWidth) / 2
  const middle = left + (position + 0.5) * groupWidth
  const drawn = values.map((value, index) => {
    const height = plotHeight * value
    return `<rect x="${x + index * barWidth}" y="${(top + plotHeight - height).toFixed(1)}" width="${barWidth - 2}" height="${height.toFixed(1)}" fill="${seriesColours[index]}"/>`
  })
  return `${drawn.join('')}<text x="${middle}" y="${top + plotHeight + 18}" text-anchor="middle" font-size="11">${name}</text>
<text x="${middle}" y="${top + plotHeight + 34}" text-anchor="middle" font-size="11" fill="#666">${note}</text>`
}
