import type { Page } from 'playwright-core'
import type { PictureFile } from './drawn-pictures.ts'

/** For a machine that is busy with other things too. */
const timeout = 60_000

/** The page as a visitor uses it: by clicks, keys and files. */
export class PageDriver {
  readonly page: Page
  /** What the page told the console instead of the visitor. */
  readonly complaints: string[] = []

  constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(timeout)
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      // Of a file that is not there the browser itself makes a note.
      const isOfBrowser = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isOfBrowser) this.complaints.push(message.text())
    })
  }

  /** Chooses files in the drop zone, and waits until so many pictures are shown. */
  async choosePictures(files: PictureFile[], shownAfterwards: number): Promise<void> {
    await this.page.setInputFiles('#files', files)
    await this.page.waitForFunction((count) => document.querySelectorAll('.card').length === count, shownAfterwards)
  }

  /** Drops files onto a label. */
  async dropOnLabel(label: string, files: readonly PictureFile[]): Promise<void> {
    const contents = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, bytes: [...buffer] }))
    const transfer = await this.page.evaluateHandle((dropped) => {
      const data = new DataTransfer()
      for (const { name, mimeType, bytes } of dropped) {
        data.items.add(new File([Uint8Array.from(bytes)], name, { type: mimeType }))
      }
      return data
    }, contents)
    await this.page.dispatchEvent(`#labels [data-label="${label}"]`, 'drop', { dataTransfer: transfer })
    for (const { name } of files) await this.page.waitForSelector(`.card[data-name="${name}"]`)
  }

  /** Types labels into the field of a picture. */
  async typeLabels(name: string, labels: string): Promise<void> {
    const field = `.card[data-name="${name}"] input`
    await this.page.fill(field, labels)
    await this.page.press(field, 'Tab')
  }

  /** Waits until the page says something that matches. */
  async problem(part: 'picture' | 'training' | 'try', expected: RegExp): Promise<void> {
    const place = this.page.locator(`#${part}-problem`).filter({ hasText: expected })
    await place.waitFor().catch(async () => {
      throw new Error(`expected ${expected}; the page says: ${await this.page.textContent(`#${part}-problem`)}`)
    })
  }

  /** Clicks Train and waits for the end. */
  async train(): Promise<void> {
    await this.page.click('#train')
    await this.waitForState('done')
  }

  /** @throws Error with what the page says, when it does not come to that. */
  async waitForState(state: string): Promise<void> {
    await this.page.waitForSelector(`main[data-state=${state}]`).catch(async () => {
      const texts = await this.page.locator('#status, .problem').allTextContents()
      throw new Error(`the page did not become ${state}; it says: ${texts.join(' ')}`)
    })
  }

  /** The scores of a picture, by label. */
  scoresOf(name: string): Promise<Record<string, number>> {
    return this.#scoresIn(`.card[data-name="${name}"]`)
  }

  /** Gives the page a new picture; resolves to its scores, by label. */
  async tryPicture(file: PictureFile): Promise<Record<string, number>> {
    await this.page.setInputFiles('#try-file', file)
    await this.page.waitForSelector(`#answer img[alt="${file.name}"]`)
    return this.#scoresIn('#answer')
  }

  /** Clicks Download; resolves to the path of the file. */
  async download(): Promise<string> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.page.click('#download')])
    return download.path()
  }

  async #scoresIn(place: string): Promise<Record<string, number>> {
    const entries = await this.page.$$eval(`${place} [data-score]`, (rows) =>
      rows.map((row) => [row.getAttribute('data-label'), Number(row.getAttribute('data-score'))] as const),
    )
    return Object.fromEntries(entries)
  }
}
