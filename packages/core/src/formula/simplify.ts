import { Interner } from './intern.ts'
import type { Expression } from './nodes.ts'
import { operandsOf, withOperands } from './operands.ts'
import { closingRules, type RuleName, simplificationRules } from './rules.ts'

/** Which rules to leave out; for the tests that show what each rule is for. */
export interface SimplifyOptions {
  readonly without?: readonly RuleName[]
  /** Whether the formula is complete: nothing of it will be differentiated again. Default false. */
  readonly isComplete?: boolean
}

/**
 * Rewrites formulas into equal ones that are finite and accurate in every precision, and shares their common parts.
 *
 * Simplification is part of correctness, not an optimisation; what each rule protects from stands beside it in
 * `rules.ts`. A simplified expression may vary along fewer axes than the original.
 */
export function simplify(
  expressions: readonly Expression[],
  { without = [], isComplete = false }: SimplifyOptions = {},
): Expression[] {
  const rules = (isComplete ? closingRules : simplificationRules).filter((rule) => !without.includes(rule.name))
  const interner = new Interner()
  const simplified = new Map<Expression, Expression>()

  const visit = (node: Expression): Expression => {
    const known = simplified.get(node)
    if (known !== undefined) return known
    const operands = operandsOf(node).map(visit)
    const rebuilt = withOperands(node, operands, (left, right) => interner.condition(left, right))
    const result = rewrite(rebuilt)
    simplified.set(node, result)
    return result
  }
  const rewrite = (node: Expression): Expression => {
    for (const rule of rules) {
      const replacement = rule.apply(node)
      if (replacement !== undefined) return visit(replacement)
    }
    return interner.expression(node)
  }
  return expressions.map(visit)
}
