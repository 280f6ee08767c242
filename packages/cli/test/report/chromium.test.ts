import { expect, test } from 'vitest'
import { findChromium, withPage } from '../../../../test-support/chromium.ts'
import { describeTarget } from '../../../../test-support/describe-target.ts'
import { reportHtml } from '../../src/report/report-html.ts'
import { plausiblePredictions } from './plausible-predictions.ts'

const missing = findChromium() === undefined ? 'install the chromium package, or set CHROMIUM_PATH' : undefined

/** What runs in the page is given as text: there is no DOM in the types of this workspace. */
const tooWide = `[...document.querySelectorAll('body *')]
  .filter((element) => element.closest('.scroll') === null && element.getBoundingClientRect().right > innerWidth + 1)
  .map((element) => element.outerHTML.slice(0, 100))`
const tooFarLeft = `[...document.querySelectorAll('svg.plot text')]
  .filter((element) => element.getBoundingClientRect().width > 0 && element.getBoundingClientRect().left < 0)
  .map((element) => element.textContent)`

describeTarget('the report in Chromium', 'chromium', missing, () => {
  const classNames = ['<img src=x onerror=alert(1)>', 'W'.repeat(200), 'שלום', 'x', 'sea and sand and sun', '🌊']

  test('fits wide and narrow windows, asks for nothing, and copies its tables', { timeout: 120_000 }, async () => {
    const predictions = plausiblePredictions({ classCount: 6, classNames, pictures: 60, runs: 3, training: 300 })
    const runName = '"><img src=x onerror=alert(2)>'
    const hostile = {
      ...predictions,
      runs: predictions.runs.map((run, place) => (place === 0 ? { ...run, name: runName } : run)),
      scored: predictions.scored.map((picture) => ({
        ...picture,
        logits: { ...picture.logits, [runName]: picture.logits[predictions.runs[0]!.name]! },
      })),
    }
    const html = await reportHtml(hostile, { readThumbnail: async () => undefined })
    await withPage({ pages: { '/index.html': html } }, async (page) => {
      const events: string[] = []
      page.on('console', (message) => events.push(message.text()))
      page.on('pageerror', (error) => events.push(String(error)))
      page.on('dialog', (dialog) => {
        events.push(dialog.message())
        void dialog.dismiss()
      })
      page.on('request', (request) => events.push(request.url()))
      const url = page.url()
      await page.reload()
      // Chromium asks for an icon at most once for a site.
      expect(events.filter((event) => event !== url && !event.endsWith('/favicon.ico'))).toEqual([])

      expect(await page.locator('img').count()).toBe(0)
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 })
        await page.evaluate(`document.querySelectorAll('details').forEach((element) => { element.open = true })`)
        expect(await page.evaluate(tooWide)).toEqual([])
        expect(await page.evaluate(tooFarLeft)).toEqual([])
      }

      await page.evaluate(`navigator.clipboard.writeText = async (text) => { window.copied = text }`)
      await page.click('#thresholds button.copy')
      const copied = String(await page.evaluate('window.copied'))
      expect(copied.split('\r\n')[0]).toBe('"run","thresholds","micro F1 (%)","macro F1 (%)","samples F1 (%)"')
      expect(copied.split('\r\n')).toHaveLength(7)
      await page.evaluate(`navigator.clipboard.writeText = async () => { throw new Error('refused') }`)
      await page.click('#calibration button.copy')
      expect(await page.inputValue('#calibration textarea')).toMatch(/^"run","scores"/)
    })
  })
})
