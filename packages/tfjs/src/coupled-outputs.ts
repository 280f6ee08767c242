import { type Expression, type Loss, type LossOutput, operandsOf, topologicalOrder } from '@dbloss/core'

/**
 * Whether several numbers of an output depend on the same logit: rows that share a reduction over the batch, or elements
 * that share any. The one number of `value` couples nothing.
 */
export function couplesOutputs(loss: Loss, output: LossOutput): boolean {
  const root = loss[output]
  if (root === undefined || output === 'value') return false
  const ofLogits = new Set<Expression>()
  for (const node of topologicalOrder([root])) {
    const isOfLogits =
      (node.kind === 'input' && node.name === 'logits') || operandsOf(node).some((operand) => ofLogits.has(operand))
    if (!isOfLogits) continue
    ofLogits.add(node)
    const isReduction = node.kind === 'sum' || node.kind === 'max'
    if (isReduction && (output === 'elements' || node.axis === 'batch')) return true
  }
  return false
}
