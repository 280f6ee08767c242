import { find } from '@dbloss/example-tfjs-browser/view/elements'

/** The place of the page where it says what went wrong in one of its parts. */
export class Problem {
  readonly #element: HTMLElement

  constructor(id: string) {
    this.#element = find(id, HTMLElement)
  }

  /** Does something, and shows its error where a visitor sees it; what was wrong before is forgotten. */
  async guard(action: () => Promise<void>): Promise<void> {
    this.#element.textContent = ''
    try {
      await action()
    } catch (error) {
      this.#element.textContent = error instanceof Error ? error.message : String(error)
    }
  }
}
