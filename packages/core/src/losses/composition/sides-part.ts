import type { Expression } from '../../formula/nodes.ts'
import { type AsymmetricOptions, asymmetricSides, resolveAsymmetry } from '../asymmetric/asymmetric.ts'
import { type HillOptions, hillSides, resolveHill } from '../asymmetric/hill.ts'
import { crossEntropySides, type Sides } from '../sides.ts'
import { type FocalOptions, focalRecord, focalSides, resolveFocal } from '../two-sided.ts'
import { checkPart, unknownKind } from './unknown-kind.ts'

/** What a positive and a negative element cost, as functions of their logit. A loss has one such part. */
export type SidesPart =
  | { readonly kind: 'cross-entropy' }
  | ({ readonly kind: 'focal' } & FocalOptions)
  | ({ readonly kind: 'asymmetric' } & AsymmetricOptions)
  | ({ readonly kind: 'hill' } & HillOptions)

/** A part with its defaults filled in, and the formula that it stands for. */
export interface ResolvedSides {
  readonly part: SidesPart
  readonly sidesOf: (z: Expression) => Sides
}

/** @throws DblossError `argument` for an unknown kind and for numbers out of range. */
export function resolveSides(part: SidesPart): ResolvedSides {
  checkPart('sides', part)
  switch (part.kind) {
    case 'cross-entropy':
      return { part, sidesOf: crossEntropySides }
    case 'focal': {
      const focal = resolveFocal({ ...part, gamma: part.gamma ?? 2 })
      return { part: { kind: 'focal', ...focalRecord(focal) }, sidesOf: (z) => focalSides(z, focal) }
    }
    case 'asymmetric': {
      const asymmetry = resolveAsymmetry(part)
      return { part: { kind: 'asymmetric', ...asymmetry }, sidesOf: (z) => asymmetricSides(z, asymmetry) }
    }
    case 'hill': {
      const hill = resolveHill(part)
      return { part: { kind: 'hill', ...hill }, sidesOf: (z) => hillSides(z, hill) }
    }
    default:
      throw unknownKind('sides', part, ['cross-entropy', 'focal', 'asymmetric', 'hill'])
  }
}
