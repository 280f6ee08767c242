import { DblossError } from './errors.ts'
import { divide, maximum, mean, multiply, negate, size, subtract, sum } from './formula/build.ts'
import type { Expression } from './formula/nodes.ts'
import type { Reduction } from './loss.ts'
import { labelsInput } from './unknown-label.ts'

/**
 * The number of known labels of the batch, at least 1: a batch without any then gives 0 / 1. Counted as all less Σ max(−y, 0),
 * without a select, which costs several times as much on some targets.
 */
function knownCount(): Expression {
  const unknown = sum(sum(maximum(negate(labelsInput), 0), 'classes'), 'batch')
  return maximum(subtract(multiply(size('batch'), size('classes')), unknown), 1)
}

const rowSums = (result: Expression): Expression => (result.extent.classes ? sum(result, 'classes') : result)

/** Adds up whatever axes are left. Rows first, because some targets accumulate long sums naively in float32. */
function total(result: Expression): Expression {
  const rows = rowSums(result)
  return rows.extent.batch ? sum(rows, 'batch') : rows
}

/** A number a row [B, 1] whose mean over the rows is the reduced loss; nothing for a loss that is one number for the batch. */
export function perRow(result: Expression, reduction: Reduction): Expression | undefined {
  const { batch, classes } = result.extent
  if (!batch) return undefined
  const rows = rowSums(result)
  if (reduction === 'batchmean') return rows
  if (reduction !== 'mean') return multiply(rows, size('batch'))
  return classes ? multiply(rows, divide(size('batch'), knownCount())) : rows
}

/**
 * One number from elements [B, C], rows [B, 1] or a number: `mean` over the known elements (over the rows where there
 * are no elements), `batchmean` over the rows, `sum`, and `none`, whose value is the sum.
 *
 * @throws DblossError `formula` for a result that varies over the classes but not over the batch, and for a loss that is
 * one number for the whole batch with any reduction but `mean` and `sum`, which leave it as it is.
 */
export function reduce(result: Expression, reduction: Reduction, name: string): Expression {
  const { batch, classes } = result.extent
  if (classes && !batch) {
    throw new DblossError('formula', `the formula of ${name} varies over the classes but not over the batch`, {
      argument: 'formula',
      found: '[1, C]',
      expected: '[B, C], [B, 1] or [1, 1]',
    })
  }
  if (!batch && (reduction === 'none' || reduction === 'batchmean')) {
    throw new DblossError(
      'argument',
      `${name} couples the rows of a batch, so reduction '${reduction}' has no meaning`,
      {
        argument: 'reduction',
        found: reduction,
        expected: "'mean' or 'sum'",
      },
    )
  }
  switch (reduction) {
    case 'mean':
      if (!batch) return result
      return classes ? divide(total(result), knownCount()) : mean(result, 'batch')
    case 'batchmean':
      return divide(total(result), size('batch'))
    case 'sum':
    case 'none':
      return total(result)
    default:
      throw new DblossError('argument', `reduction is '${String(reduction)}'; expected mean, sum, batchmean or none`, {
        argument: 'reduction',
        found: reduction,
        expected: "'mean' | 'sum' | 'batchmean' | 'none'",
      })
  }
}
