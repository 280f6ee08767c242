import { isLossName, type LossName, namedLosses } from '@dbloss/core'
import type { LossWithParameters } from '@dbloss/transformers'
import { InvalidArgumentError } from 'commander'

/** A loss as it is typed: its name, or with parameters, as `db-focal(mu=0.3, lambda=5)`. */
export type TypedLoss = LossName | LossWithParameters

/** Reads a loss: a name, perhaps with parameters in parentheses. Which parameters a loss has is checked by `fineTune`. */
export function parseLoss(text: string): TypedLoss {
  const [, name, list] = /^([^()]*)(?:\(([^()]*)\))?$/.exec(text.trim()) ?? []
  if (name === undefined) {
    throw new InvalidArgumentError(`'${text}' is not LOSS or LOSS(PARAMETER=VALUE, …), as db-focal(mu=0.3, lambda=5).`)
  }
  const trimmed = name.trim()
  if (!isLossName(trimmed)) {
    throw new InvalidArgumentError(`There is no loss '${trimmed}'; known are ${Object.keys(namedLosses).join(', ')}.`)
  }
  return list === undefined ? trimmed : { name: trimmed, parameters: parseParameters(list) }
}

/** Writes a loss with parameters as {@link parseLoss} reads it. */
export function lossText(name: LossName, parameters: Readonly<Record<string, number>>): string {
  const list = Object.entries(parameters).map(([parameter, value]) => `${parameter}=${value}`)
  return `${name}(${list.join(', ')})`
}

/** The items of a list of losses: commas inside parentheses separate parameters. */
export function splitLosses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((item) => item.trim())
}

function parseParameters(list: string): Record<string, unknown> {
  const parameters: Record<string, unknown> = {}
  for (const item of list.split(',')) {
    const [, name, value] = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(item) ?? []
    if (name === undefined || value === undefined || Object.hasOwn(parameters, name)) {
      throw new InvalidArgumentError(`'${item.trim()}' is not PARAMETER=VALUE, each parameter once, as mu=0.3.`)
    }
    parameters[name] = Number.isNaN(Number(value)) ? value : Number(value)
  }
  return parameters
}
