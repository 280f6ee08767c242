import { isLossName } from '@dbloss/core'
import { type BackendName, backendNames } from './training/backend.ts'
import type { SamplerName } from './training/batches.ts'
import type { Recipe } from './training/contestant.ts'

/** What the address of the page may say, as in `?epochs=4&loss=nt-bce&sampler=uniform&backend=webgl&autostart=1`. */
export interface Settings {
  readonly epochs: number
  readonly seed: number
  /** Of the model on the right; the left one is plain BCE. */
  readonly recipe: Recipe
  /** Default: the best there is. */
  readonly backend: BackendName | undefined
  readonly startsAtOnce: boolean
}

/** Reads the settings; what is missing or makes no sense becomes its default. */
export function readSettings(query: string): Settings {
  const parameters = new URLSearchParams(query)
  const loss = parameters.get('loss') ?? ''
  const sampler: SamplerName = parameters.get('sampler') === 'uniform' ? 'uniform' : 'class-aware'
  return {
    epochs: positiveInteger(parameters.get('epochs')) ?? 25,
    seed: positiveInteger(parameters.get('seed')) ?? 1,
    recipe: { loss: isLossName(loss) ? loss : 'db', sampler },
    backend: backendNames.find((name) => name === parameters.get('backend')),
    startsAtOnce: parameters.get('autostart') === '1',
  }
}

function positiveInteger(text: string | null): number | undefined {
  const value = Number(text)
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}
