import { checkNumber, DblossError, type OptimizerSettings } from '@dbloss/core'

/** The settings of {@link adamW}. */
export type AdamWSettings = Extract<OptimizerSettings, { kind: 'adamW' }>
/** The settings of {@link sgd}. */
export type SgdSettings = Extract<OptimizerSettings, { kind: 'sgd' }>

/**
 * AdamW: `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `W ← W − lr · (m̂ / (√v̂ + ε) + weightDecay · W)` with
 * `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`. Biases are not decayed.
 *
 * @param options - `learningRate` default 1e-3, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8, `weightDecay` 0.01, `clipNorm` none.
 * @throws DblossError `argument` for numbers out of range.
 * @see Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
 */
export function adamW(options: Partial<Omit<AdamWSettings, 'kind'>> = {}): AdamWSettings {
  return checkedOptimizer({ kind: 'adamW', learningRate: 1e-3, weightDecay: 0.01, ...options })
}

/**
 * Stochastic gradient descent with momentum: `u ← momentum · u + g`, `W ← W − lr · (u + weightDecay · W)`. Biases are not
 * decayed.
 *
 * @param options - `learningRate` default 0.1, `momentum` 0.9, `weightDecay` 0, `clipNorm` none.
 * @throws DblossError `argument` for numbers out of range.
 */
export function sgd(options: Partial<Omit<SgdSettings, 'kind'>> = {}): SgdSettings {
  return checkedOptimizer({ kind: 'sgd', learningRate: 0.1, momentum: 0.9, ...options })
}

/**
 * The settings, when every number is in range.
 *
 * @throws DblossError `argument`.
 */
export function checkedOptimizer<Settings extends OptimizerSettings>(settings: Settings): Settings {
  switch (settings.kind) {
    case 'adamW':
      checkNumber('beta1', settings.beta1 ?? 0.9, { minimum: 0, below: 1 })
      checkNumber('beta2', settings.beta2 ?? 0.999, { minimum: 0, below: 1 })
      checkNumber('epsilon', settings.epsilon ?? 1e-8, { above: 0 })
      break
    case 'sgd':
      checkNumber('momentum', settings.momentum ?? 0, { minimum: 0, below: 1 })
      break
    default:
      throw new DblossError('argument', `optimizer is ${JSON.stringify(settings)}; expected adamW(…) or sgd(…)`, {
        argument: 'optimizer',
        found: settings,
        expected: 'adamW(…) or sgd(…)',
      })
  }
  checkNumber('learningRate', settings.learningRate, { above: 0 })
  checkNumber('weightDecay', settings.weightDecay ?? 0, { minimum: 0 })
  if (settings.clipNorm !== undefined) checkNumber('clipNorm', settings.clipNorm, { above: 0 })
  return settings
}
