import { checkNumber, DblossError } from '@dbloss/core'
import type { ModelGraph } from '../onnx/index.ts'
import { type ModelParameter, parametersOf } from './parameters.ts'

/**
 * Which weights are trained: those whose name or initializer matches a pattern, or is in a list, or that a function chooses;
 * or the last blocks of the model with all that follows them, as its last norm and its head.
 */
export type TrainableSelection =
  | RegExp
  | readonly string[]
  | ((parameter: ModelParameter) => boolean)
  | { readonly lastBlocks: number }

/**
 * The weights that a selection names.
 *
 * @throws DblossError `argument` when there are none, or for names that the model does not have.
 */
export function selectParameters(graph: ModelGraph, selection: TrainableSelection): ModelParameter[] {
  const parameters = parametersOf(graph)
  const selected = selectFrom(parameters, selection)
  if (selected.length > 0) return selected
  const weights =
    parameters.length === 0 ? 'the model has no weights of float32 or float64' : `it has ${examplesOf(parameters)}`
  throw new DblossError('argument', `trainable selects none of the model's weights; ${weights}`, {
    argument: 'trainable',
    found: String(selection),
    expected: 'a pattern, names, a function or { lastBlocks } that selects weights of the model',
  })
}

function selectFrom(parameters: readonly ModelParameter[], selection: TrainableSelection): ModelParameter[] {
  if (typeof selection === 'function') return parameters.filter(selection)
  if (selection instanceof RegExp) {
    return parameters.filter(
      ({ name, initializer }) => name.search(selection) >= 0 || initializer.search(selection) >= 0,
    )
  }
  return 'lastBlocks' in selection ? lastBlocks(parameters, selection.lastBlocks) : named(parameters, selection)
}

function named(parameters: readonly ModelParameter[], names: readonly string[]): ModelParameter[] {
  const unknown = names.find((name) => !parameters.some((each) => each.name === name || each.initializer === name))
  if (unknown === undefined) {
    return parameters.filter(({ name, initializer }) => names.includes(name) || names.includes(initializer))
  }
  throw new DblossError(
    'argument',
    `trainable names '${unknown}', which the model does not have; it has ${examplesOf(parameters)}`,
    {
      argument: 'trainable',
      found: unknown,
      expected: "names of the model's weights",
    },
  )
}

/**
 * `encoder.layer.11` of `encoder.layer.11.output.bias`, `conv_pw_13` of `conv_pw_13/kernel`, and `layers.3.blocks.1` or
 * `layer4.2` where blocks lie in stages; but `features.8` of `features.8.1.weight`, where the second number is that of a layer.
 */
const blockPattern =
  /^(?:.*?[._/])?(?:\w*?[A-Za-z_])?\d+(?=[._/])(?:[._/](?:(?:blocks|layers|layer)[._/])?\d+(?=[._/])(?![._/](?:weight|bias)$))?/
/** Numbered layers of a head, and norms such as `bn2`, are no blocks. */
const headPattern = /(^|[._/])(classifier|head|heads|fc)([._/]|$)/
const normPattern = /(bn|norm)_?\d+$/

function blockOf({ name }: ModelParameter): string | undefined {
  const block = headPattern.test(name) ? undefined : name.match(blockPattern)?.[0]
  return block === undefined || normPattern.test(block) ? undefined : block
}

function lastBlocks(parameters: readonly ModelParameter[], count: number): ModelParameter[] {
  checkNumber('trainable.lastBlocks', count, { integer: true, minimum: 1 })
  const blocks = [...new Set(parameters.flatMap((parameter) => blockOf(parameter) ?? []))]
  if (blocks.length < count) {
    throw new DblossError(
      'argument',
      `trainable.lastBlocks is ${count} but the names of the weights tell ${blocks.length} blocks, as ${examplesOf(parameters)}; use a pattern`,
      { argument: 'trainable', found: count, expected: `at most ${blocks.length}` },
    )
  }
  const last = new Set(blocks.slice(-count))
  const start = parameters.findIndex((parameter) => last.has(blockOf(parameter) ?? ''))
  return parameters.slice(start)
}

function examplesOf(parameters: readonly ModelParameter[]): string {
  const names = parameters.map(({ name }) => name)
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 2).join(', ')}, … ${names.slice(-2).join(', ')}`
}
