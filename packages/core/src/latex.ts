import { formulaLatex } from './formula/latex.ts'
import type { Loss } from './loss.ts'

/**
 * The formula of a loss in LaTeX, for an `aligned` environment: the loss of element i of a row, and below it what the
 * named quantities mean. Unknown labels and the reduction are left out.
 */
export function lossLatex(loss: Loss): string {
  const { formula, where } = formulaLatex(loss.formula)
  const { batch, classes } = loss.formula.extent
  const left = batch && classes ? '\\ell_{i}' : '\\ell'
  const lines = [`${left} &= ${formula}`, ...where.map(({ symbol, formula: text }) => `${symbol} &= ${text}`)]
  return `\\begin{aligned}\n${lines.join(' \\\\\n')}\n\\end{aligned}`
}
