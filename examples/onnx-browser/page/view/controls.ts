import { fillSelect, find } from '@dbloss/example-tfjs-browser/view/elements'
import type { Device } from '../runtime.ts'

/** What the page is doing; also the attribute `data-state` of its `main`. */
export type PageState = 'loading' | 'ready' | 'training' | 'stopping' | 'stopped' | 'done' | 'failed'

/** Which weights are trained, by their names in the model. */
const trainables: readonly (readonly [pattern: string, text: string])[] = [
  ['blocks|head', 'both blocks and the head'],
  ['blocks\\.1|head', 'the last block and the head'],
  ['head', 'the head alone'],
]

const deviceNames: Readonly<Record<Device, string>> = { webgpu: 'WebGPU', wasm: 'WebAssembly' }

/** What is chosen. */
export interface Choice {
  readonly device: Device
  readonly trainable: RegExp
  readonly totalSteps: number
}

/** The selects, buttons and messages at the top of the page. */
export class Controls {
  readonly start = find('start', HTMLButtonElement)
  readonly stop = find('stop', HTMLButtonElement)
  readonly reset = find('reset', HTMLButtonElement)
  readonly download = find('download', HTMLButtonElement)
  readonly #device = find('device', HTMLSelectElement)
  readonly #trainable = find('trainable', HTMLSelectElement)
  readonly #steps = find('steps', HTMLInputElement)
  readonly #progress = find('progress', HTMLProgressElement)

  constructor(devices: readonly Device[]) {
    fillSelect(
      this.#device,
      devices.map((device) => [device, deviceNames[device]]),
      devices[0]!,
    )
    fillSelect(this.#trainable, trainables, trainables[0]![0])
  }

  /** What is chosen now; a number of steps that makes no sense becomes the usual one. */
  read(): Choice {
    const steps = this.#steps.valueAsNumber
    if (!(Number.isSafeInteger(steps) && steps > 0)) this.#steps.value = this.#steps.defaultValue
    return {
      device: this.#device.value as Device,
      trainable: new RegExp(this.#trainable.value),
      totalSteps: this.#steps.valueAsNumber,
    }
  }

  /** Calls back whenever something else is chosen. */
  onChange(listener: () => void): void {
    for (const control of [this.#device, this.#trainable, this.#steps]) control.addEventListener('change', listener)
  }

  /** Shows what the page is doing, and lets press only what makes sense then. */
  showState(state: PageState, message: string): void {
    const isBusy = state === 'loading' || state === 'training' || state === 'stopping'
    for (const control of [this.#device, this.#trainable, this.#steps]) control.disabled = isBusy
    this.start.disabled = isBusy || state === 'done' || state === 'failed'
    this.start.textContent = state === 'stopped' ? 'Go on' : 'Start'
    this.stop.disabled = state !== 'training'
    this.reset.disabled = isBusy
    this.download.disabled = state !== 'done' && state !== 'stopped'
    this.showMessage(message)
    document.querySelector('main')!.dataset.state = state
  }

  showMessage(message: string): void {
    find('status', HTMLElement).textContent = message
  }

  showProgress(share: number): void {
    this.#progress.value = share
  }
}
