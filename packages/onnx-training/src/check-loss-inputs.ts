import { DblossError, type Loss } from '@dbloss/core'

/** @throws DblossError `argument` for a loss that needs more than logits and labels: a training step has no place for it. */
export function checkNoFurtherInputs(loss: Loss): void {
  const further = Object.keys(loss.inputs)
  if (further.length === 0) return
  throw new DblossError(
    'argument',
    `${loss.name} needs the inputs ${further.join(', ')}, which a training step has no place for`,
    { argument: 'loss', found: further, expected: 'a loss of logits and labels' },
  )
}
