import { type LossName, namedLosses } from '@dbloss/core'
import type { Settings } from '../settings.ts'
import { type BackendName, backendNames } from '../training/backend.ts'
import type { SamplerName } from '../training/batches.ts'
import { fillSelect, find, html } from './elements.ts'

/** What the page is doing; also the attribute `data-state` of its `main`. */
export type PageState = 'loading' | 'ready' | 'training' | 'stopping' | 'stopped' | 'done' | 'failed'

const samplers: Readonly<Record<SamplerName, string>> = {
  'class-aware': 'class-aware: every thing equally often',
  uniform: 'uniform: every picture equally often',
}

/** The selects, buttons and messages at the top of the page. */
export class Controls {
  readonly start = find('start', HTMLButtonElement)
  readonly stop = find('stop', HTMLButtonElement)
  readonly reset = find('reset', HTMLButtonElement)
  readonly #loss = find('loss', HTMLSelectElement)
  readonly #sampler = find('sampler', HTMLSelectElement)
  readonly #backend = find('backend', HTMLSelectElement)
  readonly #epochs = find('epochs', HTMLInputElement)
  readonly #progress = find('progress', HTMLProgressElement)
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
    // `distribution-balanced` is another name of `db-focal`.
    const losses = Object.entries(namedLosses).filter(([name]) => name !== 'distribution-balanced')
    fillSelect(
      this.#loss,
      losses.map(([name, { title }]) => [name, title]),
      settings.recipe.loss,
    )
    fillSelect(this.#sampler, Object.entries(samplers), settings.recipe.sampler)
    const backends = backendNames.map((name) => [name, name] as const)
    fillSelect(this.#backend, [['', 'the best there is'], ...backends], settings.backend ?? '')
    this.#epochs.value = String(settings.epochs)
  }

  /** What is chosen now. */
  read(): Settings {
    const epochs = this.#epochs.valueAsNumber
    return {
      ...this.#settings,
      epochs: Number.isSafeInteger(epochs) && epochs > 0 ? epochs : this.#settings.epochs,
      recipe: { loss: this.#loss.value as LossName, sampler: this.#sampler.value as SamplerName },
      backend: this.#backend.value === '' ? undefined : (this.#backend.value as BackendName),
    }
  }

  /** Calls back whenever something else is chosen. */
  onChange(listener: () => void): void {
    for (const control of [this.#loss, this.#sampler, this.#backend, this.#epochs]) {
      control.addEventListener('change', listener)
    }
  }

  /** Shows what the page is doing, and lets press only what makes sense then. */
  showState(state: PageState, message: string): void {
    const isBusy = state === 'loading' || state === 'training' || state === 'stopping'
    for (const control of [this.#loss, this.#sampler, this.#backend, this.#epochs]) control.disabled = isBusy
    this.start.disabled = isBusy || state === 'done' || state === 'failed'
    this.start.textContent = state === 'stopped' ? 'Go on' : 'Start'
    this.stop.disabled = state !== 'training'
    this.reset.disabled = isBusy
    find('status', HTMLElement).textContent = message
    document.querySelector('main')!.dataset.state = state
  }

  showProgress(share: number): void {
    this.#progress.value = share
  }

  /** One line a model: where its loss really runs. */
  showDevices(lines: readonly string[]): void {
    find('devices', HTMLElement).replaceChildren(...lines.map((line) => html('span', {}, line)))
  }
}
