import type { GradientRule } from '../gradient-rule.ts'

/** Passes the gradient on, as the operator does with its input where it drops nothing. */
const dropout: GradientRule = {
  settledInputs: [2],
  gradients: (node) => {
    const [training = 0] = node.integers(2) ?? []
    // Some exporters leave the training mode on and set the ratio to 0.
    const dropsNothing = node.hasInput(1) && node.constantNumbers(1)?.[0] === 0
    if (training !== 0 && !dropsNothing) throw node.refusal('it is in training mode', 'training_mode false')
    return [() => node.gradient]
  },
}

export const dropoutRules: Readonly<Record<string, GradientRule>> = { Dropout: dropout }
