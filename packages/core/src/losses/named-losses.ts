import { DblossError } from '../errors.ts'
import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'
import { asymmetricRegistry } from './asymmetric/registry.ts'
import { detectionRegistry } from './detection/registry.ts'
import { distributionBalancedRegistry } from './distribution-balanced-registry.ts'
import { incrementalRegistry } from './incremental/registry.ts'
import { logisticTargetsRegistry } from './logistic-targets/registry.ts'
import { logitAdjustmentRegistry } from './logit-adjustment/registry.ts'
import { marginRegistry } from './margin/registry.ts'
import { missingLabelsRegistry } from './missing-labels/registry.ts'
import { pairwiseRegistry } from './pairwise/registry.ts'
import type { NamedLoss } from './registry.ts'
import { sampledClassesRegistry } from './sampled-classes/registry.ts'

/** The losses that can be chosen by name, as on a command line, with their default parameters. */
export const namedLosses = /* @__PURE__ */ mergedNames()

/** A function, so that bundles that name no loss are spared all of them. */
function mergedNames() {
  return {
    ...distributionBalancedRegistry.named,
    ...logitAdjustmentRegistry.named,
    ...pairwiseRegistry.named,
    ...marginRegistry.named,
    ...detectionRegistry.named,
    ...missingLabelsRegistry.named,
    ...sampledClassesRegistry.named,
    ...asymmetricRegistry.named,
    ...logisticTargetsRegistry.named,
    ...incrementalRegistry.named,
  } as const satisfies Readonly<Record<string, NamedLoss>>
}

/** A name in {@link namedLosses}. */
export type LossName = keyof typeof namedLosses

/** Whether a text names a loss. */
export function isLossName(name: string): name is LossName {
  return Object.hasOwn(namedLosses, name)
}

/**
 * The loss of that name with its default parameters.
 *
 * @throws DblossError `argument` for an unknown name, listing the known ones; `statistics` as the loss itself.
 */
export function namedLoss(name: string, statistics: LabelStatistics): Loss {
  if (!isLossName(name)) {
    const expected = Object.keys(namedLosses).join(', ')
    throw new DblossError('argument', `there is no loss '${name}'; known are ${expected}`, {
      argument: 'loss',
      found: name,
      expected,
    })
  }
  return namedLosses[name].create(statistics)
}
