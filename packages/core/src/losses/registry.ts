import type { LabelStatistics } from '../labels/index.ts'
import type { Loss } from '../loss.ts'

/** A loss that can be chosen by name. */
export interface NamedLoss {
  /** The name in the paper. */
  readonly title: string
  /** One line for help texts. */
  readonly summary: string
  /** The loss with its default parameters. */
  readonly create: (statistics: LabelStatistics) => Loss
}

/** Makes a loss again from the parameters and statistics of its record; `options` are the parameters and the reduction. */
export type RestoreWithStatistics = (options: never, statistics: LabelStatistics) => Loss

/** Makes a loss again that needs no statistics. */
export type RestoreWithoutStatistics = (options: never) => Loss

/** What a group of losses tells the rest of the library: which are chosen by name, and how records become losses again. */
export interface LossRegistry {
  readonly named: Readonly<Record<string, NamedLoss>>
  /** By the name of the loss, as {@link Loss.name} has it. */
  readonly withStatistics: Readonly<Record<string, RestoreWithStatistics>>
  readonly withoutStatistics: Readonly<Record<string, RestoreWithoutStatistics>>
}
