import { DblossError, type LabelStatistics, type Loss, type LossName, namedLoss, restoreLoss } from '@dbloss/core'
import { checkSampler, type SamplerName } from '../training-settings.ts'
import { checkHasSource } from './loss-source.ts'

/** A loss by name, with parameters in the place of those that the name stands for. */
export interface LossWithParameters {
  readonly name: LossName
  /**
   * As the loss's own options, for example `{ mu: 0.3, lambda: 5 }`. Those that are not given stay as the name has them: `db`
   * with `{ gamma: 2 }` keeps the balance 1 of `db`.
   */
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A loss by name, perhaps with parameters, or made from the statistics of the training labels. */
export type LossChoice = LossName | LossWithParameters | ((statistics: LabelStatistics) => Loss)

/** A loss and the sampler that it is trained with. */
export interface RunChoice {
  readonly loss: LossChoice
  /** Default `uniform`. */
  readonly sampler?: SamplerName
}

/** A run whose loss is made. */
export interface PreparedRun {
  /** Distinct among the runs, as `db/class-aware`. */
  readonly name: string
  /** The name of the loss as it was chosen. */
  readonly lossName: string
  readonly loss: Loss
  readonly sampler: SamplerName
}

/**
 * Makes the losses of runs.
 *
 * @throws DblossError `argument` for unknown losses, parameters and samplers, and for losses with inputs that are data of the
 * user's; otherwise as the losses themselves.
 */
export function prepareRuns(choices: readonly RunChoice[], statistics: LabelStatistics): PreparedRun[] {
  const taken = new Map<string, number>()
  return choices.map(({ loss: choice, sampler = 'uniform' }) => {
    checkSampler(sampler)
    const { loss, lossName, label } = makeLoss(choice, statistics)
    checkHasSource(loss)
    const name = sampler === 'uniform' ? label : `${label}/${sampler}`
    const count = (taken.get(name) ?? 0) + 1
    taken.set(name, count)
    return { name: count === 1 ? name : `${name} (${count})`, lossName, loss, sampler }
  })
}

function makeLoss(choice: LossChoice, statistics: LabelStatistics): { loss: Loss; lossName: string; label: string } {
  if (typeof choice === 'function') {
    const loss = choice(statistics)
    return { loss, lossName: loss.name, label: loss.name }
  }
  if (typeof choice === 'string') {
    return { loss: namedLoss(choice, statistics), lossName: choice, label: choice }
  }
  const { name, parameters } = choice
  const described = Object.entries(parameters).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const label = described.length === 0 ? name : `${name}(${described.join(', ')})`
  return { loss: withParameters(namedLoss(name, statistics), parameters, statistics), lossName: name, label }
}

/** Parameters that a loss records only when they differ from their defaults, or elsewhere. */
const furtherParameters = ['hardLabels', 'reduction']

function withParameters(loss: Loss, given: LossWithParameters['parameters'], statistics: LabelStatistics): Loss {
  const known = [...Object.keys(loss.parameters), ...furtherParameters]
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const expected = known.join(', ')
    throw new DblossError('argument', `${loss.name} has no parameter ${unknown}; expected ${expected}`, {
      argument: 'loss',
      found: unknown,
      expected,
    })
  }
  const { reduction = loss.reduction, ...parameters } = { ...loss.parameters, ...given } as {
    reduction?: Loss['reduction']
  }
  return restoreLoss({ name: loss.name, parameters, reduction, statistics })
}
