import { DblossError } from '@dbloss/core'
import type { ModelLayer, ModelTensor, NamedOutput } from './layers-model.ts'

/** Layers that are activations by themselves. */
const activationLayers = ['Softmax', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU']

/** Layers that pass values on as they are. */
const passThroughLayers = [
  'Dropout',
  'Flatten',
  'Reshape',
  'Permute',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
]

/**
 * Refuses a model whose outputs are not logits, as told by its last layers: an output between 0 and 1 may be a logit too.
 *
 * @throws DblossError `model`; the message names the output and the layer.
 */
export function checkLinearOutputs(outputs: readonly NamedOutput[]): void {
  for (const { name: output, tensor } of outputs) {
    const activation = lastActivation(tensor)
    if (activation === undefined) continue
    const { layer, name } = activation
    const message =
      `output '${output}' ends in layer '${layer}' with activation '${name}', but the losses take logits; ` +
      'leave the activation out (the sigmoid belongs to prediction: see predictLabels)'
    throw new DblossError('model', message, { argument: 'model', found: name, expected: 'a linear last layer' })
  }
}

function lastActivation(tensor: ModelTensor): { layer: string; name: string } | undefined {
  const { sourceLayer: layer } = tensor
  const kind = layer.getClassName()
  if (activationLayers.includes(kind)) return { layer: layer.name, name: kind }
  const name = layer.activation?.getClassName()
  if (name !== undefined && name !== 'linear') return { layer: layer.name, name }
  const inner = outputsOf(layer)
  if (inner !== undefined) return inner.map(lastActivation).find((activation) => activation !== undefined)
  const isPassedOn = passThroughLayers.includes(kind) || (kind === 'Activation' && name === 'linear')
  return isPassedOn && tensor.inputs[0] !== undefined ? lastActivation(tensor.inputs[0]) : undefined
}

/** The outputs of a model that is a layer of another. */
function outputsOf(layer: ModelLayer): readonly ModelTensor[] | undefined {
  return 'outputs' in layer && Array.isArray(layer.outputs) ? (layer.outputs as readonly ModelTensor[]) : undefined
}
