import { isLossName, namedLosses } from '@dbloss/core'
import { fillSelect, find } from '@dbloss/example-tfjs-browser/view/elements'
import type { TrainingChoice } from '../classifier.ts'

/** What the page is doing; also the attribute `data-state` of its `main`. */
export type PageState = 'ready' | 'working' | 'stopping' | 'done'

const samplers = [
  ['class-aware', 'each label equally often'],
  ['uniform', 'each picture equally often'],
] as const

const lossNames = Object.keys(namedLosses).filter(isLossName)
/** The same loss has two names. */
const shownLosses = lossNames.filter((name) => name !== 'distribution-balanced')

/** The fields, buttons and messages of the training. */
export class Controls {
  readonly train = find('train', HTMLButtonElement)
  readonly stop = find('stop', HTMLButtonElement)
  readonly download = find('download', HTMLButtonElement)
  readonly #backbone = find('backbone', HTMLInputElement)
  readonly #loss = find('loss', HTMLSelectElement)
  readonly #sampler = find('sampler', HTMLSelectElement)
  readonly #epochs = find('epochs', HTMLInputElement)
  readonly #progress = find('progress', HTMLProgressElement)
  #state: PageState = 'ready'

  constructor(backbone: string) {
    this.#backbone.value = backbone
    fillSelect(
      this.#loss,
      shownLosses.map((name) => [name, namedLosses[name].title]),
      'db',
    )
    fillSelect(this.#sampler, samplers, 'class-aware')
    const showHint = () => {
      const { title, summary } = namedLosses[this.#chosenLoss()]
      find('loss-hint', HTMLElement).textContent = `${title}: ${summary}.`
    }
    this.#loss.addEventListener('change', showHint)
    showHint()
  }

  get isBusy(): boolean {
    return this.#state === 'working' || this.#state === 'stopping'
  }

  get backbone(): string {
    return this.#backbone.value.trim()
  }

  /** What is chosen now; a number of passes that makes no sense becomes the usual one. */
  read(): TrainingChoice {
    if (!this.#epochs.checkValidity() || this.#epochs.value === '') this.#epochs.value = this.#epochs.defaultValue
    const sampler = this.#sampler.value === 'uniform' ? 'uniform' : 'class-aware'
    return { loss: this.#chosenLoss(), sampler, epochs: this.#epochs.valueAsNumber }
  }

  /** Shows what the page is doing, and lets press only what makes sense then. */
  showState(state: PageState, message: string): void {
    this.#state = state
    for (const control of [this.#backbone, this.#loss, this.#sampler, this.#epochs, this.train]) {
      control.disabled = this.isBusy
    }
    this.stop.disabled = state !== 'working'
    this.download.disabled = state !== 'done'
    document.querySelector('main')!.dataset.state = state
    this.showProgress(state === 'done' ? 1 : 0, message)
  }

  showProgress(share: number, message: string): void {
    this.#progress.value = share
    find('status', HTMLElement).textContent = message
  }

  #chosenLoss() {
    const { value } = this.#loss
    return isLossName(value) ? value : 'db'
  }
}
