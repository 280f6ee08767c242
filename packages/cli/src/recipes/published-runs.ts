import type { LossName } from '@dbloss/core'
import type { SamplerName } from '@dbloss/transformers'
import { lossText } from '../loss-text.ts'
import type { PublishedMap, Recipe } from './recipe.ts'

/** A published method, and the loss and sampler that it is here. */
export interface PublishedRun {
  /** Its name in the paper. */
  readonly method: string
  readonly loss: LossName
  /** The loss with those of the paper's parameters that are not the defaults, as it is typed. */
  readonly typed: string
  readonly sampler: SamplerName
  readonly map: PublishedMap
}

/**
 * The published methods that dbloss has, the paper's own first: Distribution-Balanced loss with the focal factor, with the
 * parameters of the data set and class-aware sampling.
 *
 * Source: Wu et al., "Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed Datasets", ECCV 2020. The totals of
 * ERM and DB were not compared with a copy of the paper.
 */
export function publishedRuns({ preset, published }: Recipe): readonly PublishedRun[] {
  const { mu, lambda } = preset
  const [focal, plain] = [lossText('db-focal', { mu, lambda }), lossText('db', { mu, lambda })]
  const { erm, resampling, cbFocal, db, dbFocal } = published
  return [
    { method: 'DB-Focal', loss: 'db-focal', typed: focal, sampler: 'class-aware', map: dbFocal },
    { method: 'DB', loss: 'db', typed: plain, sampler: 'class-aware', map: db },
    { method: 'CB-Focal', loss: 'cb-focal', typed: 'cb-focal', sampler: 'uniform', map: cbFocal },
    { method: 'RS', loss: 'bce', typed: 'bce', sampler: 'class-aware', map: resampling },
    { method: 'ERM', loss: 'bce', typed: 'bce', sampler: 'uniform', map: erm },
  ]
}
