import { DblossError, type Loss } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs-core'
import { checkLinearOutputs } from './check-linear-outputs.ts'
import type { DifferentiableLoss } from './differentiable-loss.ts'
import { type LayersModelLike, type ModelMetrics, type NamedOutput, namedOutputs } from './layers-model.ts'
import { rememberLosses } from './model-record.ts'
import { toTfjsLoss } from './to-tfjs-loss.ts'

/** How to compile a model. */
export interface CompileWithLossOptions {
  /** One loss for all outputs, or one for each output, by its name or in order. */
  readonly loss: Loss | readonly Loss[] | Readonly<Record<string, Loss>>
  readonly optimizer: string | tf.Optimizer
  /** As in `model.compile`. Default: none. */
  readonly metrics?: ModelMetrics
}

/**
 * `model.compile` with losses of this family: checks that the outputs are logits, and keeps what the losses are made from
 * in the model's user-defined metadata, so that `loadWithLoss` can compile the saved model again.
 *
 * @returns the loss of each output; dispose them when the model is no longer trained.
 * @throws DblossError `model` for an output with an activation; `argument` for losses that do not fit the outputs; `shape`
 * when an output has another number of classes than its loss.
 *
 * @example
 * compileWithLoss(model, { optimizer: 'adam', loss: distributionBalancedLoss(statistics) })
 * await model.fit(images, labels)
 * await model.save('indexeddb://animals', { includeOptimizer: true })
 */
export function compileWithLoss(
  model: LayersModelLike,
  { loss, optimizer, metrics }: CompileWithLossOptions,
): DifferentiableLoss<'rows'>[] {
  const outputs = namedOutputs(model)
  checkLinearOutputs(outputs)
  const losses = lossesByOutput(outputs, loss)
  for (const [index, each] of losses.entries()) checkClassCount(outputs[index]!, each)
  const functions = losses.map(toTfjsLoss)
  model.compile({
    optimizer,
    loss: functions.length === 1 ? functions[0]! : functions,
    ...(metrics === undefined ? {} : { metrics }),
  })
  rememberLosses(model, losses)
  return functions
}

function lossesByOutput(outputs: readonly NamedOutput[], given: CompileWithLossOptions['loss']): Loss[] {
  if (isLoss(given)) return outputs.map(() => given)
  const names = outputs.map(({ name }) => name)
  const byName = isList(given)
    ? Object.fromEntries(given.map((loss, index) => [names[index] ?? `${index}`, loss]))
    : given
  const keys = Object.keys(byName)
  if (keys.length !== names.length || keys.some((key) => !names.includes(key))) {
    throw new DblossError(
      'argument',
      `loss is given for ${keys.join(', ') || 'no output'} but the model has the outputs ${names.join(', ')}`,
      { argument: 'loss', found: keys, expected: 'one loss for all outputs, or one for each' },
    )
  }
  return names.map((name) => byName[name]!)
}

function isLoss(given: CompileWithLossOptions['loss']): given is Loss {
  return 'formula' in given && 'reduction' in given
}

function isList(given: readonly Loss[] | Readonly<Record<string, Loss>>): given is readonly Loss[] {
  return Array.isArray(given)
}

function checkClassCount({ name, tensor }: NamedOutput, { classCount }: Loss): void {
  const columns = tensor.shape.at(-1)
  if (classCount === undefined || columns === classCount) return
  throw new DblossError(
    'shape',
    `output '${name}' has ${columns} columns but the statistics describe ${classCount} classes`,
    { argument: 'model', found: columns, expected: `${classCount} columns` },
  )
}
