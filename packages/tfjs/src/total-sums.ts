import { type Expression, type ReductionNode, topologicalOrder } from '@dbloss/core'

/** A sum over both axes, as formulas write it: over the classes, then over the batch. */
export interface TotalSum {
  readonly sum: ReductionNode
  /** What is added up, [B, C]. */
  readonly operand: Expression
}

/**
 * The sums over both axes. Formulas add rows first, because wasm adds naively in float32;
 * GPU backends add in a tree, and there one sum over all costs a tenth of a sum by row.
 */
export function totalSums(root: Expression): TotalSum[] {
  return topologicalOrder([root]).flatMap((node) => {
    if (node.kind !== 'sum' || node.axis !== 'batch') return []
    const rows = node.operand
    return rows.kind === 'sum' && rows.axis === 'classes' ? [{ sum: node, operand: rows.operand }] : []
  })
}
