import type { FormulaContext } from '../../define-loss.ts'
import { select, subtract } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'

/** How far a class is known to be absent, [B, C]: `1 − y`, and 0 where the label is unknown. */
export function negativeShare({ labels, isUnknown }: Pick<FormulaContext, 'labels' | 'isUnknown'>): Expression {
  return select(isUnknown, 0, subtract(1, labels))
}
