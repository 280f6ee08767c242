import { createHash } from 'node:crypto'
import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { reportNumbers } from '../../src/report/numbers/report-numbers.ts'
import { reportHtml } from '../../src/report/report-html.ts'
import { embeddedNumbers, throughJson } from './embedded-numbers.ts'
import { plausiblePredictions } from './plausible-predictions.ts'

/** Names that a page must not take for markup, and that must not turn or widen what is beside them. */
const hostileNames = [
  '<img src=x onerror="document.title=1">',
  `"quoted" 'single' & </script><script>document.title=2</script>`,
  '--><!-- ]]>',
  'שלום עולם',
  '\u202Eoverride',
  '👩‍👩‍👧‍👦 family 🌊',
  'x'.repeat(200),
  'new\nline\tand tab',
  '__proto__',
]

const noThumbnail = async () => undefined

/** The page as a browser's parser sees it, about. */
async function parsed(predictions: Parameters<typeof reportHtml>[0], readThumbnail = noThumbnail as never) {
  const html = await reportHtml(predictions, { readThumbnail, title: 'Photos & <b>more</b>' })
  return { html, document: parseHTML(html).document as unknown as Page }
}

/** What the tests use of a document; there is no DOM in the types of this workspace. */
interface Element {
  readonly textContent: string
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>
  getAttribute(name: string): string | null
  querySelectorAll(selector: string): Iterable<Element>
}
interface Page extends Element {
  readonly title: string
  querySelector(selector: string): Element | null
}

const all = (page: Element, selector: string): Element[] => [...page.querySelectorAll(selector)]
const textsOf = (page: Element, selector: string): string[] => all(page, selector).map(({ textContent }) => textContent)

describe('reportHtml', () => {
  test('names are text, never markup', async () => {
    const predictions = plausiblePredictions({
      classCount: hostileNames.length,
      classNames: hostileNames,
      pictures: 40,
      runs: 2,
      training: 200,
    })
    const named = {
      ...predictions,
      runs: predictions.runs.map((run, place) => ({ ...run, name: hostileNames[place]!, loss: hostileNames[place]! })),
      scored: predictions.scored.map((picture, number) => {
        const logits = Object.values(picture.logits).map((values, place) => [hostileNames[place]!, values] as const)
        return { ...picture, file: `${hostileNames[number % 3]}/${number}.jpg`, logits: Object.fromEntries(logits) }
      }),
    }
    const { html, document } = await parsed(named)
    expect(document.title).toBe('Photos & <b>more</b>')
    expect(all(document, 'img')).toEqual([])
    expect(all(document, 'h1 b')).toEqual([])
    expect(all(document, 'script')).toHaveLength(2)
    const handlers = all(document, '*').flatMap(({ attributes }) =>
      [...attributes].filter(({ name }) => name.startsWith('on')),
    )
    expect(handlers).toEqual([])
    // The table of every label has each name in full.
    const names = textsOf(document, '#labels td:first-child bdi')
    for (const name of hostileNames) expect(names).toContain(name)
    expect(embeddedNumbers(html).classes.map(({ name }) => name)).toEqual(hostileNames)
  })

  test('carries the numbers that it shows', async () => {
    const predictions = plausiblePredictions({ classCount: 6, pictures: 50, runs: 3, training: 300 })
    const { html, document } = await parsed(predictions)
    const numbers = reportNumbers(predictions)
    expect(embeddedNumbers(html)).toEqual(throughJson(numbers))
    const percent = (value: number) => (100 * value).toFixed(1)
    const shown = all(document, '#comparison tbody tr').map((row) => textsOf(row, 'td'))
    expect(shown.map((cells) => [cells[0], cells[3]])).toEqual(
      numbers.comparison.runs.map(({ name, map }) => [name, percent(map.all.estimate)]),
    )
    const best = numbers.comparison.winners.all!
    expect(document.querySelector('.verdict')!.textContent).toContain(
      `${best.run} is best over all labels: mAP ${percent(best.map.estimate)} %`,
    )
    const labels = all(document, '#labels details')
    numbers.runs.forEach(({ averagePrecision }, place) => {
      const cells = new Map(
        all(labels[place]!, 'tbody tr').map((row) => [textsOf(row, 'td')[0], textsOf(row, 'td')[4]]),
      )
      averagePrecision.forEach(({ estimate }, index) => {
        expect(cells.get(predictions.classNames[index]!)).toBe(percent(estimate))
      })
    })
  })

  test('needs nothing else, and may load nothing else', async () => {
    const { html, document } = await parsed(
      plausiblePredictions({ classCount: 4, pictures: 20, runs: 1, training: 90 }),
    )
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!
    const [, code] = all(document, 'script') as [Element, Element]
    const hash = createHash('sha256').update(code.textContent).digest('base64')
    expect(policy).toBe(`default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`)
    expect(all(document, 'link, iframe, object, [src]')).toEqual([])
    expect(
      [...html.matchAll(/https?:\/\/[^"' ]+/g)].map(([url]) => url).filter((url) => !url.includes('www.w3.org')),
    ).toEqual([])
    expect(html).not.toMatch(/NaN|undefined|\[object/)
  })

  test('shows thumbnails, each file read once, and says which are missing', async () => {
    const predictions = plausiblePredictions({ classCount: 4, pictures: 30, runs: 1, training: 90 })
    const read: string[] = []
    const readThumbnail = async (file: string) => {
      read.push(file)
      return read.length % 2 === 0 ? Uint8Array.of(255, 216, 255) : undefined
    }
    const { document } = await parsed(predictions, readThumbnail as never)
    expect(new Set(read).size).toBe(read.length)
    const images = all(document, '.picture img')
    const missing = all(document, '.picture .no-image')
    expect(images.length + missing.length).toBe(all(document, '.picture').length)
    expect(Math.min(images.length, missing.length)).toBeGreaterThan(0)
    expect(images[0]!.getAttribute('src')).toBe('data:image/jpeg;base64,/9j/')
    expect(missing[0]!.textContent).toBe('picture not found')
  })

  test.each([
    ['one class', { classCount: 1, pictures: 30, runs: 1 }],
    ['one run', { classCount: 8, pictures: 30, runs: 1 }],
    ['six runs', { classCount: 8, pictures: 30, runs: 6 }],
    ['1,000 classes', { classCount: 1000, pictures: 20, runs: 2 }],
    ['one picture', { classCount: 3, pictures: 1, runs: 2 }],
  ])('is whole with %s', async (_, size) => {
    const predictions = plausiblePredictions({ ...size, training: 150 })
    const { html, document } = await parsed(predictions)
    expect(html.endsWith('</html>\n')).toBe(true)
    expect(html).not.toMatch(/NaN|undefined|\[object|Infinity/)
    expect(all(document, '#labels details')).toHaveLength(size.runs)
    expect(all(document, '#labels tbody tr')).toHaveLength(size.runs * size.classCount)
    const ids = all(document, 'section').map((section) => `#${section.getAttribute('id')}`)
    expect(
      all(document, 'nav a')
        .map((link) => link.getAttribute('href'))
        .sort(),
    ).toEqual(ids.sort())
  })
})
