import { classVector } from '../../formula/build.ts'
import type { Expression } from '../../formula/nodes.ts'
import { requirePropensities } from '../../labels/require-propensities.ts'
import { unbiasedCost } from '../missing-labels/unbiased.ts'
import { upperBoundCost } from '../missing-labels/upper-bound.ts'
import { costOfLabels, type Sides } from '../sides.ts'
import { checkPart, unknownKind } from './unknown-kind.ts'

/** What is made of labels that are missing with known propensities. */
export type MissingLabelsPart =
  | { readonly kind: 'unbiased' /** p, [C]. */; readonly propensities: ArrayLike<number> }
  | { readonly kind: 'upper-bound' /** p, [C]. */; readonly propensities: ArrayLike<number> }

/** A part as it was checked, and the cost of labels that it stands for. */
export interface ResolvedLabels {
  readonly part?: MissingLabelsPart
  readonly classCount?: number
  readonly costOf: (labels: Expression, sides: Sides) => Expression
}

const costs = { unbiased: unbiasedCost, 'upper-bound': upperBoundCost } as const

/** @throws DblossError `argument` for an unknown kind and for propensities outside (0, 1]. */
export function resolveLabels(part: MissingLabelsPart | undefined): ResolvedLabels {
  if (part === undefined) return { costOf: costOfLabels }
  checkPart('missingLabels', part)
  if (!Object.hasOwn(costs, part.kind)) throw unknownKind('missingLabels', part, Object.keys(costs))
  const cost = costs[part.kind]
  const propensities = requirePropensities(part.propensities)
  const vector = classVector('propensities', propensities, 'p')
  return {
    part: { kind: part.kind, propensities: Array.from(propensities) },
    classCount: propensities.length,
    costOf: (labels, sides) => cost(labels, sides, vector),
  }
}
